import { hostname, userInfo } from 'node:os';
import type { World } from '../checks/observe-world.ts';
import { openKafkaClient } from '../client/kafka-client.ts';
import { clusterAccess } from '../config/cluster-access.ts';
import { resolveSecret } from '../config/resolve-secret.ts';
import type { Canary } from '../ports/canary.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { Takeover } from '../ports/takeover.ts';
import type { MirrorLink, Topology } from '../topology/topology.ts';
import { gatewayNamed } from '../topology/lookup.ts';
import { reachNode } from './canary/reach-node.ts';
import { gatewayCanary } from './canary/gateway-canary.ts';
import { conduktorGatewayAdmin } from './gateway-admin/conduktor-gateway-admin.ts';
import { httpGatewayAdmin } from './gateway-admin/http-gateway-admin.ts';
import { locateNode } from './gateway-admin/locate-node.ts';
import { openKafkaCluster } from './kafka/kafka-cluster.ts';
import { mirrorMaker } from './replicator/mirror-maker.ts';
import { mirrorTakeover, type MirrorProcess } from './replicator/mirror-takeover.ts';

const CLIENT_ID = 'gwctl-replication';
const REQUEST_TIMEOUT_MS = 10_000;

/** The real world of an environment. `close` ends every connection. */
export interface OpenWorld {
  readonly world: World;
  readonly canary: Canary;
  close(): Promise<void>;
}

/** `mirrorProcess`: of the MirrorMaker that runs the topology's links, where gwctl has it. */
export function openWorld(topology: Topology, environmentDir: string, env: Readonly<Record<string, string | undefined>>, mirrorProcess?: MirrorProcess): OpenWorld {
  const password = resolveSecret(topology.gateway.adminPassword, environmentDir, env);
  const account = { username: topology.gateway.adminUsername, password };
  const gateways = topology.gateways.map((node) => (node.driver === 'conduktor' ? conduktorGatewayAdmin(node, account, async (signal) => await locateNode(node.name, { canary, clusters, links: topology.links }, signal)) : httpGatewayAdmin(node, account)));
  const accesses = new Map(topology.clusters.map((cluster) => [cluster.name, clusterAccess(cluster, environmentDir, env)]));
  const clusters = new Map(topology.clusters.map((cluster) => [cluster.name, openKafkaCluster(cluster, accesses.get(cluster.name))]));
  const options = new Map(topology.clusters.map((cluster) => [cluster.name, { bootstrap: cluster.brokers, clientId: CLIENT_ID, ...accesses.get(cluster.name), requestTimeoutMs: REQUEST_TIMEOUT_MS }]));
  const clients = new Map([...options].map(([name, one]) => [name, openKafkaClient(one)]));
  const replicators = new Map<string, Replicator>();
  const takeovers = new Map<string, Takeover>();
  for (const link of topology.links) {
    const replicator = replicatorOf(link);
    if (replicator !== undefined) replicators.set(link.name, replicator);
    const [from, to] = [options.get(link.from), options.get(link.to)];
    if (mirrorProcess !== undefined && from !== undefined && to !== undefined) takeovers.set(link.name, mirrorTakeover({ link, mirrorMaker: mirrorProcess, source: from, target: to }));
  }
  const canary = gatewayCanary(topology.gateways, gateways, topology.gateway.canary);
  return {
    world: {
      topology, operator: operatorName(), gateways, clusters, reach: async (name) => await reachNode(gatewayNamed(topology, name)),
      replicator: (from, to) => replicators.get(`${from}->${to}`),
      anyReplicator: (from, to) => replicatorOf({ from, to, name: `${from}->${to}` }),
      takeover: (from, to) => takeovers.get(`${from}->${to}`),
    },
    canary,
    close: async () => {
      canary.close();
      await Promise.all([...takeovers.values()].map((takeover) => takeover.close()));
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
