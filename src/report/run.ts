import { describeLoss } from '../checks/loss.ts';
import type { RunEvent, RunListener } from '../engine/run-event.ts';
import type { RunSummary } from '../engine/summarise-run.ts';
import { describeStep, type Plan } from '../plan/plan.ts';
import type { Palette } from './palette.ts';
import type { Progress, ProgressItem } from './progress.ts';
import { counted } from '../shared/counted.ts';

/** Shows a run as it happens: one line a step. */
export function runOnTerminal(progress: Progress): RunListener {
  const items = new Map<number, ProgressItem>();
  return (event: RunEvent) => {
    switch (event.type) {
      case 'step-started':
        items.set(event.index, progress.start(event.text));
        break;
      case 'step-noted':
        items.get(event.index)?.note(event.text);
        break;
      case 'step-done':
        items.get(event.index)?.done(`done in ${event.durationMs} ms`);
        break;
      case 'step-failed':
        items.get(event.index)?.fail(event.message);
        break;
      case 'step-undone':
        progress.start(`step ${event.index + 1}`).done('undone');
        break;
      case 'undo-failed':
        progress.start(`step ${event.index + 1}`).fail(`could not be undone: ${event.message}`);
        break;
      case 'run-started':
      case 'run-ended':
        break;
    }
  };
}

export function renderPlan(plan: Plan): string {
  return renderSteps(plan) + renderUnkept(plan);
}

/** What this switch does not promise, for whoever consents to it; '' when it keeps every promise. */
export function renderUnkept({ unkept = [] }: Pick<Plan, 'unkept'>): string {
  return unkept.length === 0 ? '' : `what this switch does not promise, because its nodes only know the call that switches one of them:\n${unkept.map((line) => `  - ${line}\n`).join('')}`;
}

function renderSteps(plan: Plan): string {
  return plan.steps.map((step, index) => `  ${index + 1}. ${describeStep(step, plan.to)}${step.timeoutMs === undefined ? '' : ` (at most ${step.timeoutMs / 1000} s)`}\n`).join('');
}

/** How a switch ended that happened: in one line, and below it what it moved, what it cost, what is proven, and what comes next. */
export function renderOutcome(run: RunSummary, palette: Palette): string {
  const pause = run.writePauseMs === undefined ? '' : `; writes were held for ${run.writePauseMs} ms at most`;
  const generation = run.unkept.length === 0 ? `generation ${run.generation}, ` : '';
  const head = `${palette.good(`switched to ${run.to}`)}: ${generation}proven with a record through every node, in ${(run.durationMs / 1000).toFixed(1)} s${pause} (run ${run.runId})\n`;
  const next = [
    run.unplanned === undefined
      ? run.unkept.length > 0 ? `nothing that is written from now on is on ${run.from}: as long as nothing replicates ${run.to}->${run.from}, there is no way back` : `${run.from} has every record from before the switch and none from after it; as long as nothing replicates ${run.to}->${run.from}, there is no way back`
      : `keep ${run.from} and its MirrorMaker stopped until it is decided what becomes of the records that are only there`,
    `\`gwctl status\` shows how things are; \`gwctl report ${run.name}\` shows this run again, with all evidence`,
  ];
  return `${head}\n${renderSections([...sectionsOf(run), ['next', next]], palette)}`;
}

/** What a run moved, what producers waited, and what was proven; only what its journal says. */
export function sectionsOf(run: RunSummary): readonly (readonly [title: string, lines: readonly string[]])[] {
  return [
    ['moved', movedLines(run)],
    ['lost', lostLines(run)],
    ['waited', waitedLines(run)],
    ['proven', provenLines(run)],
    ...(run.unkept.length === 0 ? [] : [['not promised', run.unkept] as const]),
  ];
}

/** The title before the first line of each; nothing for a section without lines. */
export function renderSections(sections: readonly (readonly [title: string, lines: readonly string[]])[], palette: Palette): string {
  const width = Math.max(...sections.map(([title]) => title.length)) + 2;
  return sections.flatMap(([title, lines]) => lines.map((line, index) => `  ${index === 0 ? palette.strong(title.padEnd(width)) : ' '.repeat(width)}${line}\n`)).join('');
}

function movedLines({ from, to, hasSwitched, nodes, groups }: RunSummary): readonly string[] {
  if (!hasSwitched) return [];
  const moved = nodes.filter(({ isUnreachable }) => !isUnreachable).map(({ node }) => node);
  const late = nodes.filter(({ isUnreachable }) => isUnreachable).map(({ node }) => `${node} did not answer: it holds its writes until it finds the switch by itself`);
  const conservative = groups === undefined ? 0 : groups.positions - groups.exact;
  return [
    ...(moved.length === 0 ? [] : [`${moved.join(', ')}: from ${from} to ${to}`]),
    ...late,
    ...(groups === undefined || groups.groups === 0
      ? []
      : [`${counted(groups.groups, 'consumer group')} with ${counted(groups.positions, 'position')}: ${conservative === 0 ? 'each goes on at exactly its next record' : `${groups.exact} exact, ${conservative} as MirrorMaker has them (some records are read again, none is skipped)`}`]),
  ];
}

/** Of an unplanned switch that happened; a report shows the loss by topic, too. */
function lostLines({ hasSwitched, unplanned }: RunSummary): readonly string[] {
  if (!hasSwitched || unplanned === undefined) return [];
  const { loss, budget, withoutNodes } = unplanned;
  return [
    describeLoss(loss),
    ...(budget.acceptedBy === undefined ? [] : [`accepted by ${budget.acceptedBy}`]),
    ...(withoutNodes.length === 0 ? [] : [`${withoutNodes.join(', ')} was left out, and stops by itself`]),
  ];
}

function waitedLines({ nodes, writePauseMs }: RunSummary): readonly string[] {
  const known = nodes.flatMap(({ node, writePauseMs: ms }) => (ms === undefined ? [] : [`${node} ${ms} ms`]));
  if (known.length > 0) return [`producers, at most: ${known.join(', ')}`];
  return writePauseMs === undefined ? [] : [`producers, at most: ${writePauseMs} ms`];
}

function provenLines({ from, to, tail, nodes }: RunSummary): readonly string[] {
  return [
    ...(tail?.isLate === true ? [`what was written to ${from} before its last node was switched is on ${to}, in ${counted(tail.partitions, 'partition')} of ${counted(tail.topics, 'topic')}`] : []),
    ...(tail === undefined || tail.isLate ? [] : [`the last record of ${counted(tail.partitions, 'partition')} in ${counted(tail.topics, 'topic')} of ${from} was on ${to} before the switch`]),
    ...nodes.flatMap(({ node, proof }) => (proof === undefined ? [] : [`a record through ${node}: written in ${proof.writeMs} ms, read back in ${proof.readMs} ms, on ${to} at offset ${proof.offset}${proof.absentOn === undefined ? '' : `, not on ${proof.absentOn}`}`])),
  ];
}
