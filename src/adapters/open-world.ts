import { hostname, userInfo } from 'node:os';
import type { World } from '../checks/observe-world.ts';
import { openKafkaClient } from '../client/kafka-client.ts';
import { clusterAccess } from '../config/cluster-access.ts';
import { resolveSecret } from '../config/resolve-secret.ts';
import type { Canary } from '../ports/canary.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { MirrorLink, Topology } from '../topology/topology.ts';
import { gatewayCanary } from './canary/gateway-canary.ts';
import { httpGatewayAdmin } from './gateway-admin/http-gateway-admin.ts';
import { openKafkaCluster } from './kafka/kafka-cluster.ts';
import { mirrorMaker } from './replicator/mirror-maker.ts';

const CLIENT_ID = 'gwctl-replication';
const REQUEST_TIMEOUT_MS = 10_000;

/** The real world of an environment. `close` ends every connection. */
export interface OpenWorld {
  readonly world: World;
  readonly canary: Canary;
  close(): Promise<void>;
}

export function openWorld(topology: Topology, environmentDir: string, env: Readonly<Record<string, string | undefined>>): OpenWorld {
  const password = resolveSecret(topology.gateway.adminPassword, environmentDir, env);
  const gateways = topology.gateways.map((node) => httpGatewayAdmin(node, { username: topology.gateway.adminUsername, password }));
  const accesses = new Map(topology.clusters.map((cluster) => [cluster.name, clusterAccess(cluster, environmentDir, env)]));
  const clusters = new Map(topology.clusters.map((cluster) => [cluster.name, openKafkaCluster(cluster, accesses.get(cluster.name))]));
  const clients = new Map(topology.clusters.map((cluster) => [cluster.name, openKafkaClient({ bootstrap: cluster.brokers, clientId: CLIENT_ID, ...accesses.get(cluster.name), requestTimeoutMs: REQUEST_TIMEOUT_MS })]));
  const replicators = new Map<string, Replicator>();
  for (const link of topology.links) {
    const replicator = replicatorOf(link);
    if (replicator !== undefined) replicators.set(link.name, replicator);
  }
  const canary = gatewayCanary(topology.gateways, gateways);
  return {
    world: { topology, operator: operatorName(), gateways, clusters, replicator: (from, to) => replicators.get(`${from}->${to}`), anyReplicator: (from, to) => replicatorOf({ from, to, name: `${from}->${to}` }) },
    canary,
    close: async () => {
      canary.close();
      for (const client of clients.values()) client.close();
      await Promise.all([...clusters.values()].map((cluster) => cluster.close()));
    },
  };

  /** Asks for nothing until it is asked. */
  function replicatorOf(link: Pick<MirrorLink, 'from' | 'to' | 'name'>): Replicator | undefined {
    const target = clusters.get(link.to);
    const client = clients.get(link.to);
    return target === undefined || client === undefined ? undefined : mirrorMaker(link, target, client, clusters.get(link.from));
  }
}

/** A user id without an entry in the user database, as in containers, has no name. */
function operatorName(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `user@${hostname()}`;
  }
}
