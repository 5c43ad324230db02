import type { Plan, PlannedStep } from '../plan/plan.ts';
import type { Copying, Takeover } from '../ports/takeover.ts';
import { GwctlError } from '../shared/errors.ts';
import { renderInactiveSource } from '../shared/takeover-hold.ts';
import { copiedPartitions, takeIn } from './follow-topics.ts';
import { GIVE_BACK_MS, giveBackReplication } from './give-back-replication.ts';
import { gatewaysNamed, leaseMsOf, onEveryNode, orderOf, type Step, type StepContext } from './step.ts';
import { counted } from '../shared/counted.ts';
import { timeLimit } from '../shared/time-limit.ts';

type TakeOver = Extract<PlannedStep, { kind: 'take-over-replication' }>;

/** What the target may miss when clients begin to wait. A round of the copier takes 20 to 50 ms on two busy cores. */
const CLOSE_MS = 250;
/** Where rounds take longer (a slow machine, a far cluster) it never gets that close: so much of the time that it has had is close enough then. */
const SHARE_OF_WAIT = 0.1;
/** Of the deadline of prove-tail, in which two rounds have to fit: the one under way, and the one with the last records. */
const SHARE_OF_TAIL = 0.25;
const RETIRE_MS = 15_000;
/** On top of what is waited for there. */
const UNDO_MS = GIVE_BACK_MS + 15_000;

/**
 * Before any client waits: MirrorMaker's tail takes seconds under load, the copier's milliseconds. Its process is ended, because it would
 * write positions of consumer groups over ours, and fenced, because that needs nobody's cooperation.
 */
export const takeOverReplication: Step<'take-over-replication'> = {
  timeoutMs: (step) => step.timeoutMs + UNDO_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const { runId, plan, world, note } = context;
    const source = world.clusters.get(step.from);
    const link = world.topology.links.find(({ from, to }) => from === step.from && to === plan.to);
    if (source === undefined || link === undefined) throw new GwctlError('INTERNAL', `no link ${step.from}->${plan.to} in this world`);
    const [there, here] = await Promise.all([source.describe(), world.clusters.get(plan.to)?.describe()]);
    const partitions = copiedPartitions(there, link);
    // Topics that were made a moment ago: MirrorMaker has not found them yet, and is ended here.
    const known = new Set(here?.topics.map(({ name }) => name));
    note('MirrorMaker is ended and fenced');
    const copying = await takeoverOf(context, step.from).begin(runId, partitions.filter(({ topic }) => known.has(topic)));
    await takeIn(copying, partitions, note);
    note(`copying ${counted(partitions.length, 'partition')} of ${counted(new Set(partitions.map(({ topic }) => topic)).size, 'topic')}`);
    await untilClose(copying, step, context);
    return { partitions: partitions.length, records: copying.copied.records, behindMs: Math.round(copying.behindMs()) };
  },
  undo: async (step, context) => ({ replicates: await giveBackReplication(step.from, context.plan.to, context) }),
};

/** Until producers can wait for the rest; the nodes keep the run's lease meanwhile. */
async function untilClose(copying: Copying, { gateways, timeoutMs }: TakeOver, context: StepContext): Promise<void> {
  const { plan, world, clock, note, signal } = context;
  const { proveTailMs } = world.topology.failover.deadlines;
  const startedMs = clock.elapsedMs();
  const limit = AbortSignal.any([signal, timeLimit(timeoutMs)]);
  const isClose = new AbortController();
  const within = AbortSignal.any([limit, isClose.signal]);
  try {
    await Promise.race([
      copying.awaitWithin(() => closeEnoughMs(clock.elapsedMs() - startedMs, proveTailMs), within),
      renewLeases(gateways, context, within, () => note(howFar(copying, plan))),
    ]);
  } catch (reason) {
    if (!limit.aborted || signal.aborted) throw reason;
    throw new GwctlError('UNAVAILABLE', `after ${timeoutMs} ms ${howFar(copying, plan)}, with ${counted(copying.copied.records, 'record')} copied: more is written than can be copied`, { hint: 'look at `gwctl lag`, and try again when less is written' });
  } finally {
    isClose.abort();
  }
}

/** How far behind the target may be once the copier has had so long; `proveTailMs`: what producers wait for the rest at most. */
export function closeEnoughMs(waitedMs: number, proveTailMs: number): number {
  return Math.max(CLOSE_MS, Math.min(waitedMs * SHARE_OF_WAIT, proveTailMs * SHARE_OF_TAIL));
}

function howFar(copying: Copying, { from, to }: Pick<Plan, 'from' | 'to'>): string {
  const behindMs = copying.behindMs();
  return Number.isFinite(behindMs) ? `${to} is ${(behindMs / 1000).toFixed(1)} s behind ${from}` : `it is not known yet how far ${to} is behind ${from}`;
}

/** Nodes give a run up that they hear nothing of; to be prepared again renews their lease. Ends with an error only. */
async function renewLeases(gateways: readonly string[], context: StepContext, signal: AbortSignal, tell: () => void): Promise<never> {
  for (;;) {
    await context.clock.sleep(leaseMsOf(context) / 4, signal);
    tell();
    await onEveryNode(gatewaysNamed(context, gateways), (gateway) => gateway.prepare(orderOf(context)));
  }
}

/** Past the switch nobody may copy from the cluster that was left: `up` leaves the process alone until a failback turns the link round. */
export const retireReplication: Step<'retire-replication'> = {
  timeoutMs: (step) => step.timeoutMs ?? RETIRE_MS,
  failure: 'unproven',
  undo: 'no-return',
  apply: async (step, context) => {
    const takeover = takeoverOf(context, step.from);
    const copied = takeover.copying?.copied;
    await withinSignal(takeover.retire(renderInactiveSource(step.from, context.plan.to, context.plan.to)), context.signal, `the replication ${step.from}->${context.plan.to} was not ended within ${step.timeoutMs ?? RETIRE_MS} ms`);
    return { ...copied };
  },
};

function takeoverOf({ world, plan }: StepContext, from: string): Takeover {
  const takeover = world.takeover?.(from, plan.to);
  if (takeover === undefined) throw new GwctlError('INTERNAL', `the replication ${from}->${plan.to} cannot be taken over in this world`);
  return takeover;
}

/** What does not know of the signal goes on, and nobody waits for it. */
async function withinSignal<T>(act: Promise<T>, signal: AbortSignal, message: string): Promise<T> {
  act.catch(() => {});
  return await Promise.race([act, new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(new GwctlError('UNAVAILABLE', message, { hint: '`gwctl up` leaves MirrorMaker stopped: the other cluster is active' }));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  })]);
}
