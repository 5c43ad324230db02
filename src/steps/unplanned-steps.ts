import { exceeds } from '../checks/loss-budget.ts';
import { describeLoss } from '../checks/loss.ts';
import { observeLoss } from '../checks/observe-unplanned.ts';
import { GwctlError } from '../shared/errors.ts';
import { within } from '../checks/observe-unplanned.ts';
import { renderTakeoverHold } from '../shared/takeover-hold.ts';
import { timeLimit } from '../shared/time-limit.ts';
import { announceOnSource, giveUp } from './decide-switch.ts';
import { giveBack } from './gateway-steps.ts';
import { GIVE_BACK_MS, giveBackReplication } from './give-back-replication.ts';
import { gatewaysNamed, onEveryNode, orderOf, type Step, type StepContext } from './step.ts';

const TIMEOUT_MS = 15_000;
/** MirrorMaker may run on a machine that is as dead as the source: the fence has to do then. */
const END_MS = 3000;
/** A source that lives says so at once. */
const SOURCE_MS = 2000;

/**
 * Nothing may come from the source any more once the loss is reckoned: MirrorMaker is fenced on the target, which needs neither it nor the source. Its
 * process is ended before, where gwctl has it: one that lives would start its tasks anew. A source that can still be written to is told that it is being
 * left, so that a node which starts there waits.
 */
export const fenceSource: Step<'fence-source'> = {
  timeoutMs: () => TIMEOUT_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const { world, plan, note } = context;
    const replicator = world.replicator(step.from, plan.to);
    let isAnnounced = false;
    // A source that is dead is told later, by the nodes: nobody waits for it.
    void announceOnSource(context).then(() => (isAnnounced = true), () => {});
    const ended = await endReplicator(step.from, context, END_MS);
    if (ended === false) note(`MirrorMaker could not be ended within ${END_MS} ms: it is fenced all the same, and must not be started again`);
    const fence = await replicator?.fence();
    if (fence !== undefined && fence.silentBrokers.length > 0) note(`brokers ${fence.silentBrokers.join(', ')} of ${plan.to} did not say who writes in transactions there`);
    if (fence === undefined || fence.transactionalIds.length === 0) note(`no MirrorMaker was found that copies ${step.from} in transactions: one that does it without must be stopped by hand`);
    return { fenced: fence?.transactionalIds ?? [], isAnnouncedOnSource: isAnnounced, ...(ended === undefined ? {} : { isEnded: ended }) };
  },
  undo: async (step, context) => {
    const decision = (await giveUp(context))?.kind ?? 'nothing to decide';
    return { decision, replication: await bringBack(step.from, context) };
  },
};

/** Keeps it from being started until its link is given back. undefined: gwctl does not have its process; false: it is not known whether it has ended. */
async function endReplicator(from: string, { runId, world, plan }: StepContext, timeoutMs: number): Promise<boolean | undefined> {
  const takeover = world.takeover?.(from, plan.to);
  if (takeover === undefined) return undefined;
  return (await within(timeoutMs, 'MirrorMaker', () => takeover.retire(renderTakeoverHold({ runId, from, to: plan.to })))).ok;
}

/** A MirrorMaker that was fenced copies nothing more until its process is another one; that needs a source which answers. */
async function bringBack(from: string, context: StepContext): Promise<'replicates' | 'started' | 'ended' | 'fenced'> {
  const { world, plan, note } = context;
  const hasEnded = await endReplicator(from, context, TIMEOUT_MS);
  if (hasEnded !== true) {
    note(`MirrorMaker was fenced${hasEnded === false ? ', and could not be ended' : ''}: restart it when ${from} lives`);
    return 'fenced';
  }
  if (!(await within(SOURCE_MS, from, async () => await world.clusters.get(from)?.stateLog.read())).ok) {
    note(`MirrorMaker was fenced and ended, and ${from} does not answer: once it does, \`gwctl up\` starts MirrorMaker again, as \`gwctl rollback\` does`);
    return 'ended';
  }
  return (await giveBackReplication(from, plan.to, { ...context, signal: timeLimit(GIVE_BACK_MS + TIMEOUT_MS) })) ? 'replicates' : 'started';
}

/** From here on no answer of the source reaches a client: what was not acknowledged is sent again, and lands on the target. */
export const cutGateways: Step<'cut-gateways'> = {
  timeoutMs: () => TIMEOUT_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const states = await onEveryNode(gatewaysNamed(context, step.gateways), (gateway) => gateway.order('drain', { ...orderOf(context), isCut: true }));
    return { heldWrites: states.reduce((sum, { heldWrites }) => sum + heldWrites, 0) };
  },
  undo: giveBack,
};

/** Nothing is acknowledged or copied any more: this is what is lost. More than was consented to ends the switch before it is decided. */
export const confirmLoss: Step<'confirm-loss'> = {
  timeoutMs: () => TIMEOUT_MS,
  failure: 'failed',
  undo: 'nothing',
  apply: async (step, context) => {
    const { unplanned } = context.plan;
    if (unplanned === undefined) throw new GwctlError('INTERNAL', 'a plan without terms has no loss to confirm');
    const loss = await observeLoss(context.world, step.from, context.plan.to, unplanned.withoutNodes);
    const why = exceeds(loss, unplanned.loss, unplanned.budget);
    if (why !== undefined) throw new GwctlError('CHECK_FAILED', `more would be lost than was consented to: ${why}`, { hint: 'look again with --dry-run' });
    context.note(describeLoss(loss));
    return { loss };
  },
};
