import type { GroupComparison } from '../groups/compare-groups.ts';
import type { MeasuredPosition, Standing } from '../groups/measure-distance.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';
import { counted } from '../shared/counted.ts';

/** One line for each group and partition, then what is not exact and why. */
export function renderGroups({ from, to, unread }: GroupComparison, positions: readonly MeasuredPosition[], palette: Palette): string {
  const sorted = positions.toSorted((a, b) => compare(a.group, b.group) || compare(a.topic, b.topic) || a.partition - b.partition);
  const rows = sorted.map((one) => [
    one.group,
    one.topic,
    String(one.partition),
    String(one.offset),
    one.onTarget === undefined ? 'none' : String(one.onTarget),
    describeStanding(one.standing),
    one.resumesAt === undefined ? 'as it is' : String(one.resumesAt),
    one.rereads === undefined ? '?' : String(one.rereads),
    one.basis === 'exact' ? palette.good(one.basis) : palette.warning(one.basis),
  ]);
  const right = 'right' as const;
  const table = renderTable(
    [{ title: 'group' }, { title: 'topic' }, { title: 'partition', align: right }, { title: from, align: right }, { title: `${to} has`, align: right }, { title: 'so it' }, { title: 'resumes at', align: right }, { title: 're-reads', align: right }, { title: 'basis' }],
    rows,
    palette,
  );
  const remarks = sorted.filter(({ why }) => why !== '').map(({ group, topic, partition, why }) => `  ${group} in ${topic}-${partition}: ${why}\n`);
  const exact = positions.filter(({ basis }) => basis === 'exact').length;
  const groups = new Set(positions.map(({ group }) => group)).size;
  const total = `${counted(groups, 'group')}, ${counted(positions.length, 'position')}: ${exact} exact, ${positions.length - exact} not; 0 records are skipped`;
  return [
    positions.length === 0 ? `no group has committed anything in a topic that is replicated ${from}->${to}\n` : `${table}${exact === positions.length ? palette.good(total) : palette.warning(total)}\n`,
    remarks.length === 0 ? '' : `\n${remarks.join('')}`,
    ...unread.map(({ group, why }) => `${palette.warning(`the offsets of ${group} cannot be read`)}: ${why}\n`),
  ].join('');
}

function describeStanding(standing: Standing): string {
  switch (standing.kind) {
    case 'fits':
      return 'fits';
    case 'none':
      return 'begins anew';
    case 'unknown':
      return '?';
    default:
      return `${standing.kind === 'rereads' ? 're-reads' : 'skips'} ${standing.records}${standing.isMore ? ' or more' : ''}`;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
