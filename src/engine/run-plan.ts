import type { CheckReport } from '../checks/check.ts';
import type { Loss } from '../checks/loss.ts';
import type { World } from '../checks/observe-world.ts';
import { describeStep, indexOfNoReturn, nodesOfPlan, type Plan, type PlannedStep, type StepKind } from '../plan/plan.ts';
import type { Canary } from '../ports/canary.ts';
import type { Clock } from '../ports/clock.ts';
import { GwctlError } from '../shared/errors.ts';
import { timeLimit } from '../shared/time-limit.ts';
import type { Step, StepContext, StepRegistry } from '../steps/step.ts';
import type { RunEvent, RunListener, RunOutcome } from './run-event.ts';

export interface RunOptions {
  readonly runId: string;
  readonly plan: Plan;
  /** That were made before, for the journal. */
  readonly checks?: readonly CheckReport[] | undefined;
  readonly world: World;
  readonly canary: Canary;
  readonly clock: Clock;
  readonly steps: StepRegistry;
  /** The user wants out: honoured until the commit, then the run goes on to its end. */
  readonly signal: AbortSignal;
  /** Told in order; the first is the journal: a step that cannot be written down does not act. */
  readonly listeners: readonly RunListener[];
}

export interface RunResult {
  readonly outcome: RunOutcome;
  /** Of the failure; undefined when it switched. */
  readonly error: GwctlError | undefined;
  readonly durationMs: number;
  /** From the first held write to the last node that let writes pass: how long a producer can have waited. */
  readonly writePauseMs: number | undefined;
}

/**
 * Runs a plan: one step after the other; when one fails, what was done is undone, newest first, the failed step included, each under a
 * fresh deadline, up to the first that cannot be undone. Never throws: how it ended is the answer.
 */
export async function runPlan(options: RunOptions): Promise<RunResult> {
  const { plan, clock, runId } = options;
  const startMs = clock.elapsedMs();
  const atMs = (): number => Math.round(clock.elapsedMs() - startMs);
  const tell = async (event: RunEvent): Promise<void> => {
    for (const listener of options.listeners) await listener(event);
  };
  /** The switch is decided, and writes are held for it: it goes on, whatever can be written down. */
  const tellAnyway = async (event: RunEvent, index: number): Promise<void> => {
    const [failure] = await tellEach(options.listeners, event);
    if (failure === undefined) return;
    await tellEach(options.listeners, { type: 'step-noted', atMs: atMs(), index, text: `cannot be written down, and goes on all the same: ${GwctlError.from(failure).message}` });
  };
  let confirmedLoss: Loss | undefined;
  let pausedAtMs: number | undefined;
  let writePauseMs: number | undefined;
  const noReturnIndex = indexOfNoReturn(plan) ?? Number.POSITIVE_INFINITY;
  let isPastReturn = false;
  const end = async (outcome: RunOutcome, error?: GwctlError): Promise<RunResult> => {
    await quietly(() => tell({ type: 'run-ended', atMs: atMs(), outcome, message: error?.message ?? `${plan.to} is active` }));
    return { outcome, error, durationMs: atMs(), writePauseMs };
  };

  try {
    await tell({ type: 'run-started', schema: 1, at: clock.now().toISOString(), runId, by: options.world.operator, plan, ...(options.checks === undefined ? {} : { checks: options.checks }) });
  } catch (reason) {
    return await end('refused', GwctlError.from(reason));
  }
  for (const [index, planned] of plan.steps.entries()) {
    const step = stepOf(options.steps, planned);
    const startedMs = atMs();
    try {
      if (!isPastReturn) options.signal.throwIfAborted();
      if (index >= noReturnIndex) isPastReturn = true;
      const started: RunEvent = { type: 'step-started', atMs: startedMs, index, text: describeStep(planned, plan.to), limitMs: planned.timeoutMs ?? step.timeoutMs(planned) };
      await (index > noReturnIndex ? tellAnyway(started, index) : tell(started));
      if (planned.kind === 'pause-gateways') pausedAtMs = startedMs;
      const note = (text: string): void => void quietly(() => tell({ type: 'step-noted', atMs: atMs(), index, text }));
      const evidence = await step.apply(planned, contextOf(options, { isPastReturn, hasCommitted: isPastReturn, confirmedLoss, timeoutMs: step.timeoutMs(planned), note }));
      if (planned.kind === 'confirm-loss') confirmedLoss = evidence['loss'] as Loss;
      if (planned.kind === 'resume-gateways' && pausedAtMs !== undefined) writePauseMs = atMs() - pausedAtMs;
      const done: RunEvent = { type: 'step-done', atMs: atMs(), index, durationMs: atMs() - startedMs, evidence };
      await (isPastReturn ? tellAnyway(done, index) : tell(done));
    } catch (reason) {
      const cause = options.signal.aborted && !isPastReturn ? GwctlError.from(options.signal.reason) : GwctlError.from(reason);
      await quietly(() => tell({ type: 'step-failed', atMs: atMs(), index, message: cause.message }));
      if (step.failure === 'unproven') return await end('unproven', unproven(plan, cause));
      const undone = await undo(options, { failedIndex: index, hasCommitted: isPastReturn, confirmedLoss, tell, atMs });
      if (undone.stuck !== undefined) return await end('stuck', needsOperator(plan, cause, undone.stuck));
      const state = plan.unkept === undefined ? stateLeft(plan, undone, pausedAtMs !== undefined) : stateCalledBack(plan, [...new Set([...nodesOfPlan({ steps: plan.steps.slice(0, index) }), ...undone.calledBack])]);
      if (cause.code === 'INTERRUPTED') return await end('rolled-back', interrupted(state));
      return step.failure === 'refused' ? await end('refused', refused(plan, cause)) : await end('rolled-back', rolledBack(cause, plan.unkept === undefined ? `given up before the switch, ${state}` : `given up, ${state}`));
    }
  }
  return await end('switched');
}

interface Undone {
  /** Why it stopped half-way; undefined: everything was put back. */
  readonly stuck: GwctlError | undefined;
  /** Nodes that could not be told. */
  readonly unreachable: readonly string[];
  /** Nodes that had been switched, each by its own call, and serve the old cluster again. */
  readonly calledBack: readonly string[];
  /** What there is to do before the replication copies again; undefined: it does, or nobody touched it. */
  readonly replication: string | undefined;
}

interface UndoOptions extends Pick<StepContext, 'hasCommitted' | 'confirmedLoss'> {
  readonly failedIndex: number;
  readonly tell: (event: RunEvent) => Promise<void>;
  readonly atMs: () => number;
}

/** As the steps that give a replication back say how far they came. */
const REPLICATION: Readonly<Record<string, string>> = {
  started: 'MirrorMaker was started again, and has not copied anything yet: look at `gwctl verify`',
  ended: 'MirrorMaker is ended: `gwctl up` starts it again',
  fenced: 'MirrorMaker is fenced, and copies nothing until it is restarted',
};

async function undo(options: RunOptions, { failedIndex, hasCommitted, confirmedLoss, tell, atMs }: UndoOptions): Promise<Undone> {
  const { plan, steps } = options;
  let replication: string | undefined;
  const seen = { unreachable: new Set<string>(), calledBack: new Set<string>(), unknown: new Set<string>() };
  const undone = (stuck: GwctlError | undefined): Undone => ({ stuck, unreachable: [...seen.unreachable], calledBack: [...seen.calledBack], replication });
  // What gives a node back gives it back from every phase: once is enough, and a node that does not answer is waited for once.
  const done = new Set<unknown>();
  for (let index = failedIndex; index >= 0; index--) {
    const planned = plan.steps[index] as PlannedStep;
    const step = stepOf(steps, planned);
    if (step.undo === 'nothing') continue;
    if (done.has(step.undo) && !('gateway' in planned)) {
      await quietly(() => tell({ type: 'step-undone', atMs: atMs(), index }));
      continue;
    }
    done.add(step.undo);
    try {
      if (step.undo === 'no-return') throw new GwctlError('NEEDS_OPERATOR', `"${describeStep(planned, plan.to)}" cannot be undone`);
      // A fresh deadline: the time of what failed is used up. Bookkeeping that fails here must not stop the world from being put back.
      const note = (text: string): void => void quietly(() => tell({ type: 'step-noted', atMs: atMs(), index, text }));
      const evidence = await step.undo(planned, contextOf(options, { isPastReturn: true, hasCommitted, confirmedLoss, timeoutMs: step.timeoutMs(planned), note }));
      replication ??= REPLICATION[evidence['replicates'] === false ? 'started' : String(evidence['replication'])];
      for (const [key, nodes] of Object.entries(seen)) {
        const named = evidence[key];
        if (Array.isArray(named)) for (const node of named) nodes.add(String(node));
      }
      await quietly(() => tell({ type: 'step-undone', atMs: atMs(), index, evidence }));
    } catch (reason) {
      const error = GwctlError.from(reason);
      await quietly(() => tell({ type: 'undo-failed', atMs: atMs(), index, message: error.message }));
      return undone(error);
    }
  }
  return undone(seen.unknown.size === 0 ? undefined : new GwctlError('NEEDS_OPERATOR', `nobody can tell whether ${[...seen.unknown].join(', ')} was switched`));
}

interface ContextOptions extends Pick<StepContext, 'hasCommitted' | 'confirmedLoss' | 'note'> {
  readonly isPastReturn: boolean;
  readonly timeoutMs: number;
}

function contextOf(options: RunOptions, { isPastReturn, timeoutMs, ...rest }: ContextOptions): StepContext {
  const { runId, plan, world, canary, clock, signal } = options;
  const deadline = timeLimit(timeoutMs);
  return { runId, plan, world, canary, clock, ...rest, signal: isPastReturn ? deadline : AbortSignal.any([deadline, signal]) };
}

/** The registry has an entry for each kind; the kind of the step and of its entry are the same. */
function stepOf(steps: StepRegistry, planned: PlannedStep): Step<StepKind> {
  return steps[planned.kind] as unknown as Step<StepKind>;
}

/** Nobody is left out because another one could not take it. Answers with what was thrown. */
async function tellEach(listeners: readonly RunListener[], event: RunEvent): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const listener of listeners) {
    try {
      await listener(event);
    } catch (reason) {
      failures.push(reason);
    }
  }
  return failures;
}

async function quietly(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch {
    // The world outranks the bookkeeping.
  }
}

function refused(plan: Plan, cause: GwctlError): GwctlError {
  const code = cause.code === 'LOCKED' || cause.code === 'NOT_AS_EXPECTED' ? cause.code : 'CHECK_FAILED';
  return new GwctlError(code, `${cause.message}: nothing was changed, ${plan.from} is active`, { cause, hint: cause.hint ?? 'run `gwctl verify` for the whole picture' });
}

/** What is known of the nodes after everything was put back. */
function stateLeft(plan: Plan, { unreachable, replication }: Undone, hasPaused: boolean): string {
  const { from, unplanned } = plan;
  const told = nodesOfPlan(plan).filter((node) => !unreachable.includes(node));
  const whatWasHeld = unplanned === undefined ? 'writes were held, none was lost' : 'writes were held; what was not acknowledged is sent again';
  const writes = `${hasPaused ? whatWasHeld : 'no write was held'}${replication === undefined ? '' : `; ${replication}`}`;
  if (unreachable.length === 0) return `every node serves ${from} again; ${writes}`;
  return `${told.length === 0 ? '' : `${told.join(', ')} ${told.length === 1 ? 'serves' : 'serve'} ${from} again; `}${unreachable.join(', ')} did not answer, and will serve ${from} again when the lease of this run ends; ${writes}`;
}

/** Nodes that are switched one by one hold nothing: what came through them meanwhile is where it was written. */
function stateCalledBack({ from, to }: Plan, switched: readonly string[]): string {
  if (switched.length === 0) return `no node was switched, every node serves ${from}`;
  return `every node serves ${from} again; what was written through ${switched.join(', ')} meanwhile is on ${to} alone`;
}

function rolledBack(cause: GwctlError, state: string): GwctlError {
  return new GwctlError('ROLLED_BACK', `${cause.message}: ${state}`, { cause, hint: cause.hint ?? 'run `gwctl verify`, and try again when it passes' });
}

function interrupted(state: string): GwctlError {
  return new GwctlError('INTERRUPTED', `interrupted before the switch: ${state}`);
}

function needsOperator(plan: Plan, cause: GwctlError, stuck: GwctlError): GwctlError {
  if (plan.unkept !== undefined) {
    return new GwctlError('NEEDS_OPERATOR', `${cause.message}; and it could not be undone: ${stuck.message}. Nodes may serve different clusters`, {
      cause,
      hint: plan.unplanned === undefined
        ? `\`gwctl status\` shows what each node serves; \`gwctl failover --to ${plan.to}\` switches the rest, \`gwctl failover --to ${plan.from}\` calls those back that were switched`
        : `the same command again switches the rest; --without-node leaves a node out that is gone`,
    });
  }
  return new GwctlError('NEEDS_OPERATOR', `${cause.message}; and it could not be undone: ${stuck.message}. Writes may be held on some nodes; no node serves both clusters`, {
    cause,
    hint: `look at \`gwctl status\`: a node that is paused holds writes; one that was switched to ${plan.to} must not be sent back while others write there`,
  });
}

function unproven(plan: Plan, cause: GwctlError): GwctlError {
  return new GwctlError('PROOF_FAILED', `switched to ${plan.to}, but the proof failed: ${cause.message}`, {
    cause,
    hint: plan.unkept !== undefined ? (cause.hint ?? '`gwctl status` shows what each node serves') : '`gwctl status` says which node is behind; a node that holds writes follows when its lease ends; `gwctl resume` waits for it and proves the switch again',
  });
}
