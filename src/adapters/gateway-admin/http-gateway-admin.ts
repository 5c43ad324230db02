import { adminBase, adminRequest, type AdminResponse } from '../../client/admin-request.ts';
import { clientTls } from '../../config/cluster-access.ts';
import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { ADMIN_PATHS, type AckReport, type AdminError, type GroupDrainReport, type NodeClients, type NodeState, type PrepareReport, type VirtualClusterInfo } from '../../shared/admin-api.ts';
import { CATALOG, GwctlError, type ErrorCode } from '../../shared/errors.ts';
import type { GatewayNode } from '../../topology/topology.ts';

export interface HttpGatewayAdminOptions {
  readonly username: string;
  readonly password: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A node says how it is from memory: one that takes longer hangs, and whoever looks at all of them waits for it. */
const STATE_MS = 3000;
/** On top of the time that a node itself may take for an order. */
const ANSWER_MARGIN_MS = 2000;

/** A node of the built-in gateway behind its HTTP API. */
export function httpGatewayAdmin(node: GatewayNode, { username, password, timeoutMs = TIMEOUT_MS }: HttpGatewayAdminOptions): GatewayAdmin {
  const address = { host: node.admin.host, port: node.admin.port, tls: clientTls(node.admin.tls) };
  const base = adminBase(address);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown, limitMs = timeoutMs, signal?: AbortSignal): Promise<T> {
    const deadline = AbortSignal.timeout(limitMs);
    let response: AdminResponse;
    try {
      response = await adminRequest(address, {
        method,
        path,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
    } catch (reason) {
      const why = deadline.aborted ? `no answer within ${limitMs} ms` : causeOf(reason);
      throw new GwctlError('UNAVAILABLE', `gateway ${node.name} cannot be reached at ${base}: ${why}`, { cause: reason, details: { gateway: node.name } });
    }
    const answer = parseJson(response.text);
    if (response.status >= 200 && response.status < 300) return answer as T;
    const { code, message } = (answer as AdminError | undefined)?.error ?? { code: 'INTERNAL', message: `HTTP ${response.status}` };
    if (response.status === 401) {
      throw new GwctlError('USAGE', `gateway ${node.name} refuses the admin user "${username}": ${message}`, {
        hint: 'set gateway.admin in gwctl.yaml to the user name and password that the node was started with',
      });
    }
    throw new GwctlError(isErrorCode(code) ? code : 'UNAVAILABLE', `gateway ${node.name}: ${message}`, { details: { gateway: node.name, status: response.status } });
  }

  return {
    node: node.name,
    state: async (signal) => await call<NodeState>('GET', ADMIN_PATHS.state, undefined, Math.min(timeoutMs, STATE_MS), signal),
    acknowledged: async (signal) => await call<AckReport>('GET', ADMIN_PATHS.acknowledged, undefined, timeoutMs, signal),
    clients: async () => await call<NodeClients>('GET', ADMIN_PATHS.clients),
    virtualClusters: async () => (await call<{ virtualClusters: VirtualClusterInfo[] }>('GET', ADMIN_PATHS.virtualClusters)).virtualClusters,
    issueToken: async (virtualCluster, user, lifeTimeSeconds, isAdmin = false) =>
      (await call<{ token: string }>('POST', ADMIN_PATHS.issueToken(virtualCluster, user), { lifeTimeSeconds, ...(isAdmin ? { isAdmin } : {}) })).token,
    revoke: async (virtualCluster, what) => void (await call<unknown>('POST', ADMIN_PATHS.revoke(virtualCluster), what)),
    prepare: async (order, limitMs) => await call<PrepareReport>('POST', ADMIN_PATHS.run('prepare'), order, limitMs),
    drainGroups: async (order) => await call<GroupDrainReport>('POST', ADMIN_PATHS.run('drain-groups'), order, (order.timeoutMs ?? 0) + ANSWER_MARGIN_MS),
    order: async (verb, order, limitMs = (order.timeoutMs ?? 0) + timeoutMs) => await call<NodeState>('POST', ADMIN_PATHS.run(verb), order, limitMs),
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(CATALOG, code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The short code where there is one: a name with several addresses fails as a list of errors without a message. */
function causeOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  return (reason as NodeJS.ErrnoException).code ?? reason.message;
}
