import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { ADMIN_PATHS, type AckReport, type GroupDrainReport, type NodeClients, type NodeState, type PrepareReport, type VirtualClusterInfo } from '../../shared/admin-api.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { GatewayNode } from '../../topology/topology.ts';
import { isObject, openAdminCall, type AdminAccount } from './admin-call.ts';
import { seedCalls } from './seed-calls.ts';

export interface HttpGatewayAdminOptions extends AdminAccount {
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A node says how it is from memory: one that takes longer hangs, and whoever looks at all of them waits for it. */
const STATE_MS = 3000;
/** On top of the time that a node itself may take for an order. */
const ANSWER_MARGIN_MS = 2000;

/** A node of the built-in gateway behind its HTTP API. */
export function httpGatewayAdmin(node: GatewayNode, { timeoutMs = TIMEOUT_MS, ...account }: HttpGatewayAdminOptions): GatewayAdmin {
  const call = openAdminCall(node, account);
  const get = async <T>(path: string, read: (answer: unknown) => T | undefined, limitMs = timeoutMs, signal?: AbortSignal): Promise<T> => await call({ method: 'GET', path, limitMs, signal, read });
  const post = async <T>(path: string, body: unknown, read: (answer: unknown) => T | undefined, limitMs = timeoutMs): Promise<T> => await call({ method: 'POST', path, body, limitMs, read });

  return {
    node: node.name,
    state: async (signal) => itself(await get(ADMIN_PATHS.state, readState, Math.min(timeoutMs, STATE_MS), signal), node),
    acknowledged: async (signal) => await get(ADMIN_PATHS.acknowledged, having<AckReport>('clusters'), timeoutMs, signal),
    clients: async () => await get(ADMIN_PATHS.clients, having<NodeClients>('clients', 'apis')),
    virtualClusters: async () => (await get(ADMIN_PATHS.virtualClusters, having<{ virtualClusters: VirtualClusterInfo[] }>('virtualClusters'))).virtualClusters,
    revoke: async (virtualCluster, what) => void (await post(ADMIN_PATHS.revoke(virtualCluster), what, (answer) => (isObject(answer) ? answer : undefined))),
    prepare: async (order, limitMs) => await post(ADMIN_PATHS.run('prepare'), order, having<PrepareReport>('state', 'brokers'), limitMs),
    drainGroups: async (order) => await post(ADMIN_PATHS.run('drain-groups'), order, having<GroupDrainReport>('state', 'members'), (order.timeoutMs ?? 0) + ANSWER_MARGIN_MS),
    order: async (verb, order, limitMs = (order.timeoutMs ?? 0) + timeoutMs) => await post(ADMIN_PATHS.run(verb), order, (answer) => readState(isObject(answer) && isObject(answer['state']) ? answer['state'] : answer), limitMs),
    ...seedCalls(call, timeoutMs),
  };
}

/** As much of it as tells a node from anything else that answers in JSON. */
function readState(answer: unknown): NodeState | undefined {
  if (!isObject(answer)) return undefined;
  const { node, phase, generation, active } = answer;
  return typeof node === 'string' && typeof phase === 'string' && typeof generation === 'number' && typeof active === 'string' ? (answer as unknown as NodeState) : undefined;
}

function having<T>(...keys: readonly (keyof T & string)[]): (answer: unknown) => T | undefined {
  return (answer) => (isObject(answer) && keys.every((key) => answer[key] !== undefined) ? (answer as unknown as T) : undefined);
}

/** Two addresses of one node would have it ordered twice, and the other one never. */
function itself(state: NodeState, { name }: GatewayNode): NodeState {
  if (state.node === name) return state;
  throw new GwctlError('CONFIG', `gateway ${name}: the node at its address says that it is ${state.node}`, { hint: `set gateways.${name}.adminPort (or adminUrl) in gwctl.yaml to its own address, or call it ${state.node} there, as it was started` });
}
