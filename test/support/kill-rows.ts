import { renderTable } from '../../src/report/table.ts';
import type { ProbeVerdict } from './judge-probe.ts';
import type { KillOutcome, LossVerdict } from './kill-case.ts';

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
    return [name, `${exitCode}`, active, recovery, ...cellsOf(verdict), problems.length === 0 ? 'ok' : (problems[0]?.split('\n')[0] ?? '').slice(0, 200)];
  });
  const columns = [{ title: 'case' }, { title: 'exit', align: 'right' as const }, { title: 'active' }, { title: 'then' }, { title: 'lost/doubled/torn' }, { title: 'stale reads' }, { title: 'longest write ms', align: 'right' as const }, { title: 'verdict' }];
  return `${renderTable(columns, cells)}${renderSums(rows)}`;
}

/** What nobody has looked for has no number. */
function cellsOf(verdict: ProbeVerdict | LossVerdict): readonly string[] {
  if ('announced' in verdict) return [`${verdict.missing} of ${verdict.announced} announced`, '', ''];
  const { lost, doubled, torn, staleReads, stalestMs, longestWriteMs } = verdict;
  return [`${lost.length}/${doubled.length}/${torn.length}`, staleReads === 0 ? '0' : `${staleReads} (${stalestMs} ms)`, `${longestWriteMs}`];
}

function renderSums(rows: readonly KillRow[]): string {
  const outcomes = rows.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome]));
  const good = outcomes.filter(({ problems }) => problems.length === 0).length;
  const losses = outcomes.flatMap(({ verdict }) => ('announced' in verdict ? [verdict] : []));
  const probes = outcomes.flatMap(({ verdict }) => ('announced' in verdict ? [] : [verdict]));
  return [
    `${rows.length} cases, ${good} ok, ${outcomes.length - good} with problems, ${rows.length - outcomes.length} not run to their end; ${outcomes.filter(({ active }) => active === 'failover').length} switched`,
    ...(losses.length === 0 ? [] : [`writes acknowledged ${sumOf(losses, ({ acknowledged }) => acknowledged)}, missing ${sumOf(losses, ({ missing }) => missing)}`]),
    ...(probes.length === 0 ? [] : sumsOfProbes(probes)),
  ].join('\n');
}

function sumsOfProbes(probes: readonly ProbeVerdict[]): readonly string[] {
  const most = (of: (verdict: ProbeVerdict) => number): number => Math.max(...probes.map(of));
  const [lost, doubled, torn] = (['lost', 'doubled', 'torn'] as const).map((what) => sumOf(probes, (verdict) => verdict[what].length));
  return [
    `writes acknowledged ${sumOf(probes, ({ acknowledged }) => acknowledged)}, lost ${lost}, doubled ${doubled}, torn ${torn}`,
    `stale reads ${sumOf(probes, ({ staleReads }) => staleReads)} (the latest ${most(({ stalestMs }) => stalestMs)} ms after the first write on the new cluster), longest write ${most(({ longestWriteMs }) => longestWriteMs)} ms`,
  ];
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
