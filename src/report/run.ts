import { describeLoss, type Loss } from '../checks/loss.ts';
import type { RunEvent, RunListener } from '../engine/run-event.ts';
import type { RunResult } from '../engine/run-plan.ts';
import { describeStep, type Plan } from '../plan/plan.ts';
import type { Palette } from './palette.ts';
import type { Progress, ProgressItem } from './progress.ts';

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
  return plan.steps.map((step, index) => `  ${index + 1}. ${describeStep(step, plan.to)}\n`).join('');
}

export function renderOutcome(result: RunResult, plan: Plan, runId: string, palette: Palette, loss?: Loss): string {
  const pause = result.writePauseMs === undefined ? '' : `; writes were held for ${result.writePauseMs} ms at most`;
  return `${palette.good(`switched to ${plan.to}`)}: generation ${plan.generation}, proven with a record through every node, in ${(result.durationMs / 1000).toFixed(1)} s${pause} (run ${runId})\n${loss === undefined ? '' : `lost: ${describeLoss(loss)}; ${leftOut(plan)}keep ${plan.from} and its MirrorMaker stopped until that is decided\n`}`;
}

function leftOut({ unplanned }: Plan): string {
  const names = unplanned?.withoutNodes ?? [];
  return names.length === 0 ? '' : `${names.join(', ')} was left out and stops by itself; `;
}
