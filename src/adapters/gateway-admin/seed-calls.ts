import type { GatewayAdmin } from '../../ports/gateway-admin.ts';
import { ADMIN_PATHS } from '../../shared/admin-api.ts';
import { isObject, type AdminCall } from './admin-call.ts';

const SWITCH_MS = 30_000;
const SWITCHED = 'Cluster switched';

/** The two calls of the walk-through, which every kind of node knows. */
export function seedCalls(call: AdminCall, timeoutMs: number): Pick<GatewayAdmin, 'issueToken' | 'switchAlone'> {
  return {
    issueToken: async (virtualCluster, user, lifeTimeSeconds, isAdmin = false) =>
      await call({
        method: 'POST', path: ADMIN_PATHS.issueToken(virtualCluster, user), body: { lifeTimeSeconds, ...(isAdmin ? { isAdmin } : {}) }, limitMs: timeoutMs,
        read: (answer) => (isObject(answer) && typeof answer['token'] === 'string' && answer['token'] !== '' ? answer['token'] : undefined),
      }),
    switchAlone: async (from, to, limitMs = SWITCH_MS) =>
      void (await call({ method: 'POST', path: ADMIN_PATHS.switch(from, to), limitMs, read: (answer) => (isObject(answer) && answer['message'] === SWITCHED ? true : undefined) })),
  };
}
