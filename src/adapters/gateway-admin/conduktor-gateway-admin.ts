import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { GwctlError } from '../../shared/errors.ts';
import { timeLimit } from '../../shared/time-limit.ts';
import type { GatewayNode } from '../../topology/topology.ts';
import { openAdminCall } from './admin-call.ts';
import type { HttpGatewayAdminOptions } from './http-gateway-admin.ts';
import { seedCalls } from './seed-calls.ts';

const TIMEOUT_MS = 10_000;
const LOCATE_MS = 15_000;

/**
 * A node that knows the calls of the walk-through and nothing else: it does not say which cluster it serves. `locate` finds that out with a record
 * through it; generation 0 is one that nobody counts.
 */
export function conduktorGatewayAdmin(node: GatewayNode, { timeoutMs = TIMEOUT_MS, ...account }: HttpGatewayAdminOptions, locate: (signal: AbortSignal) => Promise<string>): GatewayAdmin {
  const cannot = async (what: string): Promise<never> => {
    throw new GwctlError('USAGE', `${node.name} cannot ${what}: nodes of the driver conduktor know no such call`, { hint: 'nodes of `gwctl gateway` do' });
  };
  return {
    node: node.name,
    state: async (signal) => {
      const deadline = timeLimit(LOCATE_MS);
      const active = await locate(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
      return { node: node.name, phase: 'serving', generation: 0, active, run: null, isLost: false, connections: 0, heldWrites: 0, inFlightWrites: 0, startedAt: '' };
    },
    acknowledged: async () => await cannot('say what it has acknowledged'),
    clients: async () => await cannot('say who is connected'),
    virtualClusters: async () => await cannot('list its virtual clusters'),
    revoke: async () => await cannot('revoke tokens'),
    prepare: async () => await cannot('prepare for a switch'),
    drainGroups: async () => await cannot('drain consumer groups'),
    order: async (verb) => await cannot(verb),
    ...seedCalls(openAdminCall(node, account), timeoutMs),
  };
}
