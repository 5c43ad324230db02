import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import { nodesWithout } from '../shared/gateway-driver.ts';
import type { World } from './observe-world.ts';

/** The nodes that say of themselves what they do; of the others a record through them shows which cluster they serve, and nothing else. */
export function tellingGateways({ gateways, topology }: Pick<World, 'gateways' | 'topology'>): readonly GatewayAdmin[] {
  const silent = nodesWithout('tellsState', topology.gateways);
  return gateways.filter(({ node }) => !silent.includes(node));
}
