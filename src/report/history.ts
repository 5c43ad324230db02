import type { RunSummary } from '../engine/summarise-run.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** One line a run, the newest last. */
export function renderHistory(runs: readonly RunSummary[], palette: Palette): string {
  if (runs.length === 0) return 'no run yet\n';
  const rows = runs.map((run) => [run.name, run.at.replace('T', ' ').slice(0, 19), run.by, `${run.from} -> ${run.to}`, run.unkept.length > 0 ? '' : String(run.generation), colourOutcome(run.outcome, palette), `${(run.durationMs / 1000).toFixed(1)} s`, run.writePauseMs === undefined ? '' : `${run.writePauseMs} ms`]);
  return renderTable([{ title: 'run' }, { title: 'began (UTC)' }, { title: 'by' }, { title: 'switch' }, { title: 'generation', align: 'right' }, { title: 'outcome' }, { title: 'took', align: 'right' }, { title: 'writes held', align: 'right' }], rows, palette);
}

export function colourOutcome(outcome: RunSummary['outcome'], palette: Pick<Palette, 'good' | 'bad' | 'warning'>): string {
  if (outcome === 'switched') return palette.good(outcome);
  return outcome === 'stuck' || outcome === 'unproven' ? palette.bad(outcome) : palette.warning(outcome);
}
