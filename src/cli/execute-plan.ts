import type { CheckReport } from '../checks/check.ts';
import type { Loss } from '../checks/loss.ts';
import type { RunListener } from '../engine/run-event.ts';
import type { Plan } from '../plan/plan.ts';
import type { CliContext } from './context.ts';
import { HALT_VARIABLE, haltForTests } from './halt-for-tests.ts';
import type { Opened } from './with-world.ts';

export interface Execution {
  readonly plan: Plan;
  /** Of the run that is resumed; a new run gets its own. */
  readonly runId?: string;
  readonly checks?: readonly CheckReport[];
  readonly isJson: boolean;
}

/** Runs a plan with journal and progress, and prints how it ended. Throws what the run failed with. */
export async function executePlan({ plan, runId: resumed, checks, isJson }: Execution, { world, canary, clock, dir }: Opened, context: CliContext): Promise<number> {
  const [{ runSwitchOver, newRunId }, { openJournal }, { renderOutcome, runOnTerminal }, { createPalette }, { createProgress }, { writeJson }] = await Promise.all([
    import('../engine/switch-over.ts'),
    import('../engine/journal.ts'),
    import('../report/run.ts'),
    import('../report/palette.ts'),
    import('../report/progress.ts'),
    import('../report/json.ts'),
  ]);
  const runId = resumed ?? newRunId(clock.now());
  const journal = await openJournal(dir, resumed === undefined ? runId : `${runId}-resumed-${newRunId(clock.now())}`);
  const progress = createProgress(context);
  let loss = plan.unplanned?.loss;
  // As it was when nothing was acknowledged any more.
  const noteLoss: RunListener = (event) => {
    if (event.type === 'step-done' && plan.steps[event.index]?.kind === 'confirm-loss') loss = event.evidence['loss'] as Loss;
  };
  try {
    const result = await runSwitchOver({
      runId, plan, checks, world, canary, clock,
      signal: context.signal,
      listeners: [
        journal.listener,
        noteLoss,
        ...(isJson ? [] : [runOnTerminal(progress)]),
        haltForTests(plan, context.env[HALT_VARIABLE]),
      ],
    });
    progress.stop();
    if (result.error !== undefined) throw result.error;
    if (isJson) writeJson(context.out, { outcome: result.outcome, runId, from: plan.from, to: plan.to, generation: plan.generation, durationMs: result.durationMs, writePauseMs: result.writePauseMs ?? null, journal: journal.file, ...(loss === undefined ? {} : { loss }), ...(checks === undefined ? {} : { checks }) });
    else context.out.write(renderOutcome(result, plan, runId, createPalette(context.isTerminal.out, context.env), loss));
    return 0;
  } finally {
    progress.stop();
    await journal.close();
  }
}
