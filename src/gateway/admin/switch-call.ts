import type { SwitchOrder, SwitchVerb } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Caller, GatewayNode } from '../gateway-node.ts';
import { runSwitchVerb } from './switch-verbs.ts';

const LEASE_MS = 30_000;
const DRAIN_MS = 10_000;

/** What the call needs of a node. */
export type CalledNode = Pick<GatewayNode, 'controller' | 'audit' | 'nextGeneration' | 'commit'>;

/**
 * The seed's call: this node alone, at once. Callers that have several nodes use gwctl, which takes them all. Throws USAGE without a target,
 * NOT_AS_EXPECTED where another cluster than `from` is active, LOCKED while a run holds the node, UNAVAILABLE where it stays on its way.
 */
export async function switchThisNode(node: CalledNode, from: string, to: string | undefined, by: Caller): Promise<void> {
  const { controller } = node;
  if (to === undefined || to === '') throw new GwctlError('USAGE', 'the query parameter "to" is missing');
  if (controller.active === to) return await controller.arrive();
  if (controller.active !== from) throw new GwctlError('NOT_AS_EXPECTED', `${from} is not active on this node: ${controller.active} is`);
  const order: SwitchOrder = {
    runId: `switch-call-${Date.now().toString(36)}`,
    generation: await node.nextGeneration(),
    to,
    leaseMs: LEASE_MS,
    timeoutMs: DRAIN_MS,
  };
  try {
    await runAlone(node, order, by);
  } catch (reason) {
    // Another node was switched this moment, and this one has followed it, out of whichever step it was in.
    if (controller.active !== to) throw reason;
    await controller.arrive();
  }
}

async function runAlone(node: CalledNode, order: SwitchOrder, by: Caller): Promise<void> {
  const run = (verb: SwitchVerb): Promise<object | undefined> => runSwitchVerb(node, verb, order, by);
  await run('prepare');
  try {
    await run('pause');
    await run('drain');
  } catch (reason) {
    // Where not even that is done, the node opens again when its lease ends.
    await run('abort').catch(() => {});
    throw reason;
  }
  // When nobody can say how it was decided, the node asks again when its lease ends.
  if ((await node.commit(order)) === 'abort') {
    await run('abort');
    throw new GwctlError('NOT_AS_EXPECTED', `generation ${order.generation} was given up by another run`);
  }
  await run('flip');
  await run('resume');
}
