import { stringify } from 'yaml';
import { bootstrapOf } from '../lookup.ts';
import type { GatewayNode, TenantLimits, Topology } from '../topology.ts';
import { tlsEntries } from './gateway-tls.ts';

export const ADMIN_PASSWORD_VARIABLE = 'GWCTL_ADMIN_PASSWORD';

/** The variable of the key that signs, and of the older ones that only verify. */
export function tokenKeyVariable(index: number): string {
  return index === 0 ? 'GWCTL_TOKEN_KEY' : `GWCTL_TOKEN_KEY_${index}`;
}

/** Every variable that the nodes need, without values. */
export function secretVariables({ gateway }: Pick<Topology, 'gateway'>): readonly string[] {
  return [ADMIN_PASSWORD_VARIABLE, ...Array.from({ length: 1 + (gateway.olderTokenKeys ?? []).length }, (_, index) => tokenKeyVariable(index))];
}

/**
 * The gwctl.yaml that one node reads in its container: clusters that others run, at their names in the network; ports as on the host,
 * because clients are told them. The node binds every address; what of it the host publishes says the compose file.
 */
export function renderGatewayConfig(seen: Topology, node: GatewayNode): string {
  const keys = secretVariables(seen).slice(1).map((name) => `env:${name}`);
  const { clusterId, adminUsername, maxFrameBytes, holdMs, maxInFlight, limits, tenantLimits, logFormat } = seen.gateway;
  return stringify(
    {
      version: 1,
      name: seen.name,
      runtime: 'external',
      clusters: Object.fromEntries(seen.clusters.map((cluster) => [cluster.name, { role: cluster.role, kafkaVersion: cluster.kafkaVersion, bootstrap: bootstrapOf(cluster) }])),
      links: seen.links.map(({ from, to }) => ({ from, to })),
      gateways: Object.fromEntries(seen.gateways.map((each) => [each.name, nodeEntry(each, each.name === node.name)])),
      gateway: {
        clusterId,
        admin: { username: adminUsername, password: `env:${ADMIN_PASSWORD_VARIABLE}` },
        ...(keys.length === 1 ? { tokenKey: keys[0] } : { tokenKeys: keys }),
        maxFrameBytes,
        holdMs,
        maxInFlight,
        limits: limitsEntry(limits),
        tenantLimits: Object.fromEntries(Object.entries(tenantLimits).map(([name, own]) => [name, limitsEntry(own)])),
        logFormat,
      },
      failover: { pauseBudget: `${seen.failover.pauseBudgetMs}ms` },
      virtualClusters: seen.virtualClusters ?? [],
    },
    { lineWidth: 0 },
  );
}

/** The others are found at their names: a node asks its peers which cluster is active. */
function nodeEntry(node: GatewayNode, isItself: boolean) {
  const { name, ports, admin, workers, advertisedHost } = node;
  const { tls, adminTls } = tlsEntries(node);
  return { port: ports[0]?.port, brokerPorts: ports.length, adminPort: admin.port, workers, advertisedHost, bindHost: isItself ? '0.0.0.0' : name, ...(isItself && tls !== undefined ? { tls } : {}), ...(adminTls === undefined ? {} : { adminTls }) };
}

function limitsEntry(limits: TenantLimits) {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
