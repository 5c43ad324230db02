import type { GatewaySettings, TenantLimits } from '../../topology/topology.ts';

/** What each of `workers` processes enforces of a node's limits: clients are dealt to them in turn. */
export function shareOfLimits({ limits, tenantLimits }: Pick<GatewaySettings, 'limits' | 'tenantLimits'>, workers: number): Pick<GatewaySettings, 'limits' | 'tenantLimits'> {
  const shareOf = (whole: TenantLimits): TenantLimits => ({
    maxConnections: Math.ceil(whole.maxConnections / workers),
    maxBytesInFlight: Math.ceil(whole.maxBytesInFlight / workers),
    ...(whole.requestsPerSecond === undefined ? {} : { requestsPerSecond: whole.requestsPerSecond / workers }),
    ...(whole.requestBurst === undefined ? {} : { requestBurst: Math.ceil(whole.requestBurst / workers) }),
  });
  return { limits: shareOf(limits), tenantLimits: Object.fromEntries(Object.entries(tenantLimits).map(([name, own]) => [name, shareOf(own)])) };
}
