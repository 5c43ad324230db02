import type { CheckReport } from '../checks/check.ts';
import type { RunEvent } from '../engine/run-event.ts';
import { indexOfNoReturn, type Plan } from '../plan/plan.ts';
import { GwctlError } from '../shared/errors.ts';
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

/** Runs a plan with journal and live view, and prints how it ended. Throws what the run failed with, with the name of its report. */
export async function executePlan({ plan, runId: resumed, checks, isJson }: Execution, { world, canary, clock, dir, topology }: Opened, context: CliContext): Promise<number> {
  const [{ runSwitchOver, newRunId }, { tellingGateways }, { openJournal }, { summariseRun }, { watchNodes }, { createRunView }, { renderOutcome }, { createPalette }, { writeJsonLine }] = await Promise.all([
    import('../engine/switch-over.ts'),
    import('../checks/telling-gateways.ts'),
    import('../engine/journal.ts'),
    import('../engine/summarise-run.ts'),
    import('../engine/watch-nodes.ts'),
    import('../report/create-run-view.ts'),
    import('../report/run.ts'),
    import('../report/palette.ts'),
    import('../report/json.ts'),
  ]);
  const runId = resumed ?? newRunId(clock.now());
  const name = resumed === undefined ? runId : `${runId}-resumed-${newRunId(clock.now())}`;
  const journal = await openJournal(dir, name);
  const events: RunEvent[] = [];
  const view = createRunView(context, { plan, pauseBudgetMs: topology.failover.pauseBudgetMs, isJson });
  const hasEnded = new AbortController();
  let watching: Promise<void> | undefined;
  const watch = (event: RunEvent): void => {
    if (event.type === 'run-started') watching = watchNodes(tellingGateways(world), clock, view.show, hasEnded.signal);
  };
  const tellInterruption = (): void => view.interrupt(`${GwctlError.from(context.signal.reason).message}: ${isDecided(plan, events) ? 'the switch is decided already, so it is finished first' : 'the run stops at the next safe point and puts everything back'}`);
  context.signal.addEventListener('abort', tellInterruption, { once: true });
  try {
    const result = await runSwitchOver({
      runId, plan, checks, world, canary, clock,
      signal: context.signal,
      listeners: [journal.listener, (event) => void events.push(event), view.show, watch, haltForTests(plan, context.env[HALT_VARIABLE])],
    });
    view.stop();
    const run = summariseRun({ name, events, problem: undefined });
    if (result.error !== undefined) throw withReport(result.error, name, journal.file);
    if (isJson) {
      const nodes = run?.nodes.map(({ node, writePauseMs = null }) => ({ node, writePauseMs })) ?? [];
      writeJsonLine(context.out, { type: 'result', outcome: result.outcome, runId, from: plan.from, to: plan.to, generation: plan.generation, durationMs: result.durationMs, writePauseMs: result.writePauseMs ?? null, nodes, journal: journal.file, ...(run?.unplanned === undefined ? {} : { loss: run.unplanned.loss }), ...(checks === undefined ? {} : { checks }) });
    } else if (run !== undefined) context.out.write(renderOutcome(run, createPalette(context.isTerminal.out, context.env)));
    return 0;
  } finally {
    context.signal.removeEventListener('abort', tellInterruption);
    hasEnded.abort();
    view.stop();
    await Promise.all([journal.close(), watching]);
  }
}

/** From there on nothing is put back, whoever wants out. */
function isDecided(plan: Plan, events: readonly RunEvent[]): boolean {
  const first = indexOfNoReturn(plan) ?? 0;
  return events.some((event) => event.type === 'step-started' && event.index >= first);
}

function withReport(error: GwctlError, name: string, file: string): GwctlError {
  const told = new GwctlError(error.code, error.message, {
    hint: `${error.hint === undefined ? '' : `${error.hint}; `}what happened in this run: \`gwctl report ${name}\``,
    details: { ...error.details, run: name, journal: file },
    cause: error.cause ?? error,
  });
  return told;
}
