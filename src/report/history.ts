import type { RunSummary, StepSummary } from '../engine/summarise-run.ts';
import { renderChecks } from './checks.ts';
import { renderLoss } from './loss.ts';
import type { Palette } from './palette.ts';
import { renderTable } from './table.ts';

/** One line a run, the newest last. */
export function renderHistory(runs: readonly RunSummary[], palette: Palette): string {
  if (runs.length === 0) return 'no run yet\n';
  const rows = runs.map((run) => [run.name, run.at.replace('T', ' ').slice(0, 19), run.by, `${run.from} -> ${run.to}`, String(run.generation), coloured(run.outcome, palette), seconds(run.durationMs), milliseconds(run.writePauseMs)]);
  return renderTable([{ title: 'run' }, { title: 'began (UTC)' }, { title: 'by' }, { title: 'switch' }, { title: 'generation', align: 'right' }, { title: 'outcome' }, { title: 'took', align: 'right' }, { title: 'writes held', align: 'right' }], rows, palette);
}

/** Everything that the journal says of one run. */
export function renderRunReport(run: RunSummary, palette: Palette): string {
  const head = [
    `run ${run.runId}: ${run.from} -> ${run.to}, generation ${run.generation}, ${coloured(run.outcome, palette)}`,
    `began ${run.at} by ${run.by}; took ${seconds(run.durationMs)}; writes were held for ${run.writePauseMs === undefined ? 'no time' : `${run.writePauseMs} ms at most`}`,
    ...(run.outcome === 'switched' ? [] : [run.message]),
    ...(run.problem === undefined ? [] : [palette.warning(`the journal is not whole: ${run.problem}`)]),
  ];
  const rows = run.steps.map((step) => [seconds(step.startedAtMs), step.durationMs === undefined ? '' : `${step.durationMs} ms`, step.outcome === 'done' ? palette.good(step.outcome) : palette.warning(step.outcome), step.text]);
  const details = run.steps.flatMap(detailsOf);
  return [
    `${head.join('\n')}\n`,
    run.checks.length === 0 ? '' : `\n${renderChecks(run.checks, palette)}`,
    run.unplanned === undefined ? '' : `\n${renderLoss(run.unplanned.loss, run.from, run.to, palette)}${run.unplanned.budget.acceptedBy === undefined ? '' : `accepted by ${run.unplanned.budget.acceptedBy}\n`}`,
    `\n${renderTable([{ title: 'at', align: 'right' }, { title: 'took', align: 'right' }, { title: '' }, { title: 'step' }], rows, palette)}`,
    details.length === 0 ? '' : `\nevidence\n${details.map((line) => `  ${line}\n`).join('')}`,
  ].join('');
}

function detailsOf({ text, notes, message, evidence }: StepSummary): string[] {
  const seen = Object.keys(evidence).length === 0 ? [] : [JSON.stringify(evidence)];
  return [...notes, ...(message === undefined ? [] : [message]), ...seen].map((line) => `${text}: ${line}`);
}

function coloured(outcome: RunSummary['outcome'], palette: Palette): string {
  if (outcome === 'switched') return palette.good(outcome);
  return outcome === 'stuck' || outcome === 'unproven' ? palette.bad(outcome) : palette.warning(outcome);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '' : `${value} ms`;
}
