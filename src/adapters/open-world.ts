import { hostname, userInfo } from 'node:os';
import type { World } from '../checks/observe-world.ts';
import { clusterAccess } from '../config/cluster-access.ts';
import { resolveSecret } from '../config/resolve-secret.ts';
import type { Canary } from '../ports/canary.ts';
import type { KafkaCluster } from '../ports/kafka-cluster.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { Topology } from '../topology/topology.ts';
import { gatewayCanary } from './canary/gateway-canary.ts';
import { httpGatewayAdmin } from './gateway-admin/http-gateway-admin.ts';
import { openKafkaCluster } from './kafka/kafka-cluster.ts';
import { mirrorMaker } from './replicator/mirror-maker.ts';

/** The real world of an environment. `close` ends every connection. */
export interface OpenWorld {
  readonly world: World;
  readonly canary: Canary;
  close(): Promise<void>;
}

export function openWorld(topology: Topology, environmentDir: string, env: Readonly<Record<string, string | undefined>>): OpenWorld {
  const password = resolveSecret(topology.gateway.adminPassword, environmentDir, env);
  const gateways = topology.gateways.map((node) => httpGatewayAdmin(node, { username: topology.gateway.adminUsername, password }));
  const clusters = new Map(topology.clusters.map((cluster) => [cluster.name, openKafkaCluster(cluster, clusterAccess(cluster, environmentDir, env))]));
  const replicators = new Map<string, Replicator>();
  for (const link of topology.links) {
    const target = clusters.get(link.to);
    if (target !== undefined) replicators.set(link.name, mirrorMaker(link, target, clusters.get(link.from)));
  }
  const canary = gatewayCanary(topology.gateways, gateways);
  return {
    world: { topology, operator: operatorName(), gateways, clusters, replicator: (from, to) => replicators.get(`${from}->${to}`), anyReplicator: (from, to) => anyMirror(clusters, from, to) },
    canary,
    close: async () => {
      canary.close();
      await Promise.all([...clusters.values()].map((cluster) => cluster.close()));
    },
  };
}

/** Asks for nothing until it is asked. */
function anyMirror(clusters: ReadonlyMap<string, KafkaCluster>, from: string, to: string): Replicator | undefined {
  const target = clusters.get(to);
  return target === undefined ? undefined : mirrorMaker({ from, to, name: `${from}->${to}` }, target);
}

/** A user id without an entry in the user database, as in containers, has no name. */
function operatorName(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `user@${hostname()}`;
  }
}
