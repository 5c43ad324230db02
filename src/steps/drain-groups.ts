import { counted } from '../shared/counted.ts';
import { gatewaysNamed, leaseMsOf, onEveryNode, orderOf, type Step, type StepContext } from './step.ts';
import { copiedPartitions, takeIn } from './follow-topics.ts';
import { giveBack } from './gateway-steps.ts';
import { moveGroupsAhead } from './move-groups.ts';

const NODE_CALL_MS = 10_000;
/** Consumers wait meanwhile; what is left is found out while producers wait, too. */
const TRANSLATE_MS = 3000;
/**
 * Longer: by now groups stand still, and half of it is for the copier to reach what they have read. Positions past it would be found while producers
 * wait. Never so long that the nodes, which are asked at its beginning, give the run up meanwhile.
 */
const REACH_MS = 8000;

/**
 * Before any producer waits: consumers commit what they have read and stop, so that nothing is delivered twice. A member that takes longer
 * than the time allowed is left as it is: it will read again what it has not committed. Then whatever need not wait for the pause: groups stand still
 * by now, so that their positions are final; and each node looks at the target once more, since past the pause it is too late to find out that it has
 * lost it; and topics that were made meanwhile are copied, too.
 */
export const drainGroups: Step<'drain-groups'> = {
  timeoutMs: (step) => step.timeoutMs + REACH_MS + NODE_CALL_MS,
  failure: 'failed',
  apply: async (step, context) => {
    const gateways = gatewaysNamed(context, step.gateways);
    // Most groups stand still anyway.
    const [reports] = await Promise.all([onEveryNode(gateways, (gateway) => gateway.drainGroups(orderOf(context, step.timeoutMs))), moveGroupsAhead(TRANSLATE_MS, context)]);
    const members = reports.reduce((sum, report) => sum + report.members, 0);
    const drained = reports.reduce((sum, report) => sum + report.drained, 0);
    if (drained < members) context.note(`${members - drained} of ${counted(members, 'member')} did not commit in time: whoever did not will read some records again`);
    await Promise.all([
      onEveryNode(gateways, (gateway) => gateway.prepare(orderOf(context), context.world.topology.failover.deadlines.prepareMs)),
      moveGroupsAhead(Math.min(REACH_MS, leaseMsOf(context) / 2), context),
      takeInNewTopics(context),
    ]);
    return { members, drained };
  },
  undo: giveBack,
};

/** Now, rather than while producers wait. */
async function takeInNewTopics({ world, plan, note }: StepContext): Promise<void> {
  const copying = world.takeover?.(plan.from, plan.to)?.copying;
  const link = world.topology.links.find(({ from, to }) => from === plan.from && to === plan.to);
  const description = copying === undefined ? undefined : await world.clusters.get(plan.from)?.describe();
  if (copying !== undefined && link !== undefined && description !== undefined) await takeIn(copying, copiedPartitions(description, link), note);
}
