import { renderTable } from '../../src/report/table.ts';
import type { KillOutcome } from './kill-case.ts';

/** A case that was run: how it ended, or why it could not be run to its end. */
export interface KillRow {
  readonly name: string;
  readonly outcome: KillOutcome | string;
}

/** One line a case, and the sums below. */
export function renderKillRows(rows: readonly KillRow[]): string {
  const cells = rows.map(({ name, outcome }) => {
    if (typeof outcome === 'string') return [name, '', '', '', '', '', '', outcome.split('\n')[0] ?? ''];
    const { exitCode, active, recovery, verdict, problems } = outcome;
    const { lost, doubled, torn, staleReads, stalestMs, longestWriteMs } = verdict;
    return [name, `${exitCode}`, active, recovery, `${lost.length}/${doubled.length}/${torn.length}`, staleReads === 0 ? '0' : `${staleReads} (${stalestMs} ms)`, `${longestWriteMs}`, problems.length === 0 ? 'ok' : (problems[0]?.split('\n')[0] ?? '').slice(0, 200)];
  });
  const columns = [{ title: 'case' }, { title: 'exit', align: 'right' as const }, { title: 'active' }, { title: 'then' }, { title: 'lost/doubled/torn' }, { title: 'stale reads' }, { title: 'longest write ms', align: 'right' as const }, { title: 'verdict' }];
  return `${renderTable(columns, cells)}${renderSums(rows)}`;
}

function renderSums(rows: readonly KillRow[]): string {
  const outcomes = rows.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome]));
  const sum = (of: (outcome: KillOutcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const good = outcomes.filter(({ problems }) => problems.length === 0).length;
  const most = (of: (outcome: KillOutcome) => number): number => Math.max(0, ...outcomes.map(of));
  return [
    `${rows.length} cases, ${good} ok, ${outcomes.length - good} with problems, ${rows.length - outcomes.length} not run to their end; ${outcomes.filter(({ active }) => active === 'failover').length} switched`,
    `writes acknowledged ${sum(({ verdict }) => verdict.acknowledged)}, lost ${sum(({ verdict }) => verdict.lost.length)}, doubled ${sum(({ verdict }) => verdict.doubled.length)}, torn ${sum(({ verdict }) => verdict.torn.length)}`,
    `stale reads ${sum(({ verdict }) => verdict.staleReads)} (the latest ${most(({ verdict }) => verdict.stalestMs)} ms after the first write on the new cluster), longest write ${most(({ verdict }) => verdict.longestWriteMs)} ms`,
  ].join('\n');
}
