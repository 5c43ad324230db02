import type { CheckReport, CheckStatus } from '../checks/check.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

const MARKS: Readonly<Record<CheckStatus, string>> = { pass: 'ok', warn: 'warn', fail: 'FAIL', skip: 'skip' };

/** One line a check, and below the table what to do about those that did not pass. */
export function renderChecks(checks: readonly CheckReport[], palette: Palette): string {
  const rows = checks.map(({ status, id, evidence }) => [mark(status, palette), id, evidence]);
  const hints = checks.filter(({ status, hint }) => (status === 'fail' || status === 'warn') && hint !== undefined).map(({ id, hint }) => `  ${id}: ${hint ?? ''}\n`);
  return renderTable([{ title: '' }, { title: 'check' }, { title: 'seen' }], rows, palette) + (hints.length === 0 ? '' : `\nwhat to do:\n${hints.join('')}`);
}

function mark(status: CheckStatus, palette: Palette): string {
  const text = MARKS[status];
  if (status === 'pass') return palette.good(text);
  if (status === 'fail') return palette.bad(text);
  return status === 'warn' ? palette.warning(text) : palette.faint(text);
}
