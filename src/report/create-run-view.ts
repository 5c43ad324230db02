import type { Plan } from '../plan/plan.ts';
import { isDrawable, type ProgressContext } from './progress.ts';
import type { RunView } from './run-view.ts';
import { viewAsJson } from './run-view-json.ts';
import { viewAsLines } from './run-view-lines.ts';
import { viewOnTerminal } from './run-view-terminal.ts';

export interface RunViewOptions {
  readonly plan: Plan;
  /** How long producers may wait before the switch gives up. */
  readonly pauseBudgetMs: number;
  readonly isJson: boolean;
}

/**
 * JSON lines on stdout; or on stderr: a block that is drawn anew on a terminal, plain lines elsewhere. Import this file lazily: ora takes some
 * 30 ms to load.
 */
export function createRunView(context: ProgressContext & { readonly out: NodeJS.WritableStream }, { plan, pauseBudgetMs, isJson }: RunViewOptions, now: () => number = () => performance.now()): RunView {
  if (isJson) return viewAsJson(context.out, now);
  return isDrawable(context) ? viewOnTerminal(context, plan, pauseBudgetMs, now) : viewAsLines(context.err, plan, now);
}
