import type { World } from '../checks/observe-world.ts';
import type { Clock } from '../ports/clock.ts';
import { clusterNamed } from '../topology/lookup.ts';
import { GwctlError } from '../shared/errors.ts';

const ORDER_MS = 10_000;

/**
 * Lets nodes serve that hold writes because nobody can tell which cluster is active; answers which. Throws USAGE for an unknown cluster,
 * CHECK_FAILED when no node waits for this, NOT_AS_EXPECTED when one served another cluster last.
 */
export async function serveLostNodes(cluster: string, world: World, clock: Clock): Promise<readonly string[]> {
  clusterNamed(world.topology, cluster);
  const states = await Promise.all(world.gateways.map(async (gateway) => ({ gateway, state: await gateway.state().catch(() => undefined) })));
  const lost = states.filter(({ state }) => state?.isLost === true);
  if (lost.length === 0) throw new GwctlError('CHECK_FAILED', 'no node that answers waits to be told which cluster is active: nothing was changed');
  const known = states.find(({ state }) => state?.isLost === false && state.active !== cluster)?.state;
  if (known !== undefined) throw new GwctlError('NOT_AS_EXPECTED', `${known.node} serves ${known.active}: nothing was changed`);
  for (const { gateway, state } of lost) await gateway.order('serve', { runId: `${world.operator} ${clock.now().toISOString()}`, generation: state?.generation ?? 0, to: cluster, leaseMs: ORDER_MS });
  return lost.map(({ gateway }) => gateway.node);
}
