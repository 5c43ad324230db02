import { exceeds } from '../checks/loss-budget.ts';
import { describeLoss } from '../checks/loss.ts';
import { observeLoss } from '../checks/observe-unplanned.ts';
import { GwctlError } from '../shared/errors.ts';
import { announceOnSource, giveUp } from './decide-switch.ts';
import { giveBack } from './gateway-steps.ts';
import { gatewaysNamed, onEveryNode, orderOf, type Step } from './step.ts';

const TIMEOUT_MS = 15_000;

/**
 * Nothing may come from the source any more once the loss is reckoned: MirrorMaker is fenced on the target, which needs neither it nor the source. A
 * source that can still be written to is told that it is being left, so that a node which starts there waits.
 */
export const fenceSource: Step<'fence-source'> = {
  timeoutMs: () => TIMEOUT_MS,
  failure: 'refused',
  apply: async (step, context) => {
    const { world, plan, note } = context;
    const replicator = world.replicator(step.from, plan.to);
    let isAnnounced = false;
    // A source that is dead is told later, by the nodes: nobody waits for it.
    void announceOnSource(context).then(() => (isAnnounced = true), () => {});
    const fence = await replicator?.fence();
    if (fence !== undefined && fence.silentBrokers.length > 0) note(`brokers ${fence.silentBrokers.join(', ')} of ${plan.to} did not say who writes in transactions there`);
    if (fence === undefined || fence.transactionalIds.length === 0) note(`no MirrorMaker was found that copies ${step.from} in transactions: one that does it without must be stopped by hand`);
    return { fenced: fence?.transactionalIds ?? [], isAnnouncedOnSource: isAnnounced };
  },
  undo: async (_step, context) => {
    // MirrorMaker starts its tasks again by itself only when something changes.
    context.note(`MirrorMaker was fenced: restart it if ${context.plan.from} lives`);
    return { decision: (await giveUp(context))?.kind ?? 'nothing to decide' };
  },
};

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
