import type { RunSummary, StepSummary } from '../engine/summarise-run.ts';
import { renderChecks } from './checks.ts';
import { colourOutcome } from './history.ts';
import { renderLoss } from './loss.ts';
import type { Palette } from './palette.ts';
import { renderSections, sectionsOf } from './run.ts';
import { renderTable } from './table.ts';

const PLAIN = { good: String, bad: String, warning: String };

/** What each outcome means, for a person who has never seen one. */
const MEANING: Readonly<Record<RunSummary['outcome'], (run: RunSummary) => string>> = {
  switched: ({ to }) => `every node was switched to ${to}, and a record through each of them has proven it`,
  refused: ({ from }) => `a node or the log of the switch said no; nothing was changed, ${from} stayed active`,
  'rolled-back': ({ from, unkept }) => unkept.length > 0 ? `given up; every node serves ${from}, and those that had been switched were called back` : `given up before the decision; every node went on with ${from}, and held writes went there`,
  stuck: () => 'it failed, and what it had done could not be undone: a person has to look',
  unproven: ({ to }) => `${to} is active, but not everything that proves it was seen`,
  interrupted: () => 'gwctl was gone before it could say how the run ended; the nodes went where the log of the switch says',
};

/** Everything that the journals say of one run: the first part, and those in which it was resumed or given up. */
export function renderRunReport(parts: readonly RunSummary[], palette: Palette): string {
  return parts.map((run) => renderPart(run, palette)).join('\n');
}

function renderPart(run: RunSummary, palette: Palette): string {
  const [title = '', ...head] = headLines(run, palette);
  const sections = sectionsOf(run);
  const evidence = evidenceLines(run);
  return [
    `${[title, ...head].join('\n')}\n`,
    sections.some(([, lines]) => lines.length > 0) ? `\n${renderSections(sections, palette)}` : '',
    run.unplanned === undefined ? '' : `\n${renderLoss(run.unplanned.loss, run.from, run.to, palette)}`,
    run.steps.length === 0 ? '' : `\n${renderPhases(run.steps, palette)}`,
    evidence.length === 0 ? '' : `\nevidence\n${evidence.map((line) => `  ${line}\n`).join('')}`,
    run.checks.length === 0 ? '' : `\nchecks before it\n${renderChecks(run.checks, palette)}`,
  ].join('');
}

/** What the run was in a few lines, the first of which names it. */
export function headLines(run: RunSummary, palette: Pick<Palette, 'good' | 'bad' | 'warning'> = PLAIN): readonly string[] {
  return [
    `run ${run.name}: ${run.from} -> ${run.to}, ${run.unkept.length > 0 ? '' : `generation ${run.generation}, `}${colourOutcome(run.outcome, palette)}`,
    MEANING[run.outcome](run),
    `began ${run.at} by ${run.by}, took ${(run.durationMs / 1000).toFixed(1)} s${run.writePauseMs === undefined ? '' : `; writes were held for ${run.writePauseMs} ms at most`}`,
    ...(run.outcome === 'switched' || run.message === '' ? [] : [`because: ${run.message}`]),
    ...(run.problem === undefined ? [] : [palette.warning(`the journal is not whole: ${run.problem}`)]),
  ];
}

/** Everything that the steps have put down, a line each. */
export function evidenceLines({ steps }: RunSummary): readonly string[] {
  return steps.flatMap(detailsOf);
}

function renderPhases(steps: readonly StepSummary[], palette: Palette): string {
  const rows = steps.map((step) => [
    `${(step.startedAtMs / 1000).toFixed(1)} s`,
    step.durationMs === undefined ? '' : `${step.durationMs} ms`,
    step.limitMs === undefined ? '' : `${step.limitMs / 1000} s`,
    step.outcome === 'done' ? palette.good(step.outcome) : palette.warning(step.outcome),
    step.text,
  ]);
  return renderTable([{ title: 'at', align: 'right' }, { title: 'took', align: 'right' }, { title: 'allowed', align: 'right' }, { title: '' }, { title: 'phase' }], rows, palette);
}

function detailsOf({ kind, notes, message, evidence }: StepSummary): string[] {
  // A loss has its own table.
  const seen = Object.entries(evidence).filter(([key]) => key !== 'loss').flatMap(([key, value]) => {
    const text = renderValue(value);
    return text === '' ? [] : [`${key} ${text}`];
  });
  return [...(seen.length === 0 ? [] : [seen.join('; ')]), ...new Set(notes), ...(message === undefined ? [] : [`failed: ${message}`])].map((line) => `${kind}: ${line}`);
}

/** `gateway1 (tookMs 3), gateway2 (tookMs 4)`: whatever a step has put there. */
function renderValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(renderValue).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { node, ...rest } = value as Readonly<Record<string, unknown>>;
  const text = Object.entries(rest).map(([key, one]) => `${key} ${renderValue(one)}`).join(', ');
  return node === undefined ? text : `${String(node)} (${text})`;
}
