import type { GatewayAdmin } from '../ports/gateway-admin.ts';
import type { NodeState } from '../shared/admin-api.ts';
import { timeLimit } from '../shared/time-limit.ts';

const LOOK_MS = 3000;

/** What the gateways serve now, as a sentence for the person who finds a drill that failed. */
export async function describeState(gateways: readonly GatewayAdmin[]): Promise<string> {
  const states = await Promise.all(gateways.map(async (gateway) => ({ name: gateway.node, state: await look(gateway) })));
  const parts = states.map(({ name, state }) => (state === undefined ? `${name} does not answer` : `${name} serves ${state.active}${state.phase === 'serving' ? '' : ` (${state.phase}: writes may be held)`}`));
  return parts.length === 0 ? 'there are no gateways' : parts.join(', ');
}

async function look(gateway: GatewayAdmin): Promise<NodeState | undefined> {
  return await gateway.state(timeLimit(LOOK_MS)).catch(() => undefined);
}
