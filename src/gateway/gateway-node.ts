import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeState, VirtualClusterInfo } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../wire/generated/delete-topics.ts';
import type { Cluster, GatewayNode as NodeConfig, GatewaySettings } from '../topology/topology.ts';
import { BackendCluster } from './backend-cluster.ts';
import { ClientConnection } from './client-connection.ts';
import { InFlightWrites } from './in-flight-writes.ts';
import type { Log } from './log.ts';
import { DEFAULT_LIMITS, type NodeContext } from './node-context.ts';
import { readNodeMemory, writeNodeMemory } from './node-memory.ts';
import { acceptPooled } from './read-buffers.ts';
import { SwitchController } from './switch-controller.ts';
import { CANARY_TOPIC, CANARY_VIRTUAL_CLUSTER, Tenants, VIRTUAL_CLUSTERS } from './tenants.ts';
import { refuseVirtualCluster } from './tenant-names.ts';
import { issueToken, TokenRefused, verifyToken } from './tokens.ts';
import { TOPIC_MAPPINGS } from './topic-mappings.ts';
import { WriteGate } from './write-gate.ts';

export interface GatewayNodeOptions {
  readonly node: NodeConfig;
  readonly settings: GatewaySettings;
  readonly clusters: readonly Cluster[];
  /** Served at the very first start; later the node's memory says. */
  readonly primary: string;
  readonly tokenKey: string;
  readonly memoryFile: string;
  readonly log: Log;
}

/** A running node. */
export interface GatewayNode {
  readonly controller: SwitchController;
  state(): NodeState;
  virtualClusters(): VirtualClusterInfo[];
  /** Registers the virtual cluster when it is new. Throws USAGE for a name that cannot be one. */
  issueToken(virtualCluster: string, username: string, lifeTimeSeconds: number): Promise<string>;
  close(): Promise<void>;
}

/** Longest time that an answer which is half-way to a client may hold up a flip. */
const FLIP_FRAME_MS = 1000;
/** Every client asks for metadata again within this time (metadata.max.age.ms and its like are 5 minutes by default). */
const SETTLING_MS = 300_000;

const COMPACTED = { 'cleanup.policy': 'compact' };
const TOPICS_VISIBLE_MS = 15_000;
const RETRY_MS = 200;
/** What this node cannot do without. The canary's topic is gwctl's, and is no topic of a mapping. */
const INTERNAL_TOPICS = [
  { name: TOPIC_MAPPINGS, configs: COMPACTED },
  { name: VIRTUAL_CLUSTERS, configs: COMPACTED },
  { name: CANARY_TOPIC, configs: { 'cleanup.policy': 'delete', 'retention.ms': '86400000' } },
];

/**
 * Starts one node: loads who its tenants are from the active cluster, then binds every broker port, and keeps them bound until `close`
 * (hazard H9). Throws when the active cluster cannot be read: a node that cannot serve does not listen.
 */
export async function startGatewayNode(options: GatewayNodeOptions): Promise<GatewayNode> {
  const { node, settings, log } = options;
  const memory = (await readNodeMemory(options.memoryFile)) ?? { generation: 1, active: options.primary };
  const clusters = new Map(options.clusters.map((cluster) => [cluster.name, new BackendCluster(cluster, `gwctl-${node.name}`)]));
  const named = (name: string): BackendCluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new GwctlError('USAGE', `unknown cluster "${name}" (known: ${[...clusters.keys()].join(', ')})`);
    return cluster;
  };
  const key = new TextEncoder().encode(options.tokenKey);
  const ports = new Map(node.ports.map(({ nodeId, port }) => [nodeId, { host: node.advertisedHost, port }]));
  const tenants = new Tenants(log);
  const gate = new WriteGate(settings.holdMs);
  const inFlight = new InFlightWrites();
  const connections = new Set<ClientConnection>();
  const startedAt = new Date().toISOString();
  let active = named(memory.active);
  let settledAtMs = -Infinity;

  const controller: SwitchController = new SwitchController(memory.generation, memory.active, {
    prepare: async (to) => {
      const target = named(to);
      const { brokers } = await target.inspect(new Set(ports.keys()));
      const loaded = await tenants.load(to, target.client);
      return { brokers, topicMappings: loaded.mappings.values.size, virtualClusters: loaded.virtualClusters.values.size };
    },
    closeGate: () => gate.close(),
    openGate: () => gate.open(),
    drain: async (timeoutMs) => {
      for (const connection of connections) connection.settleUnacknowledged();
      if (await inFlight.drained(timeoutMs / 2)) return true;
      for (const connection of connections) connection.abortHalfWrite();
      return await inFlight.drained(timeoutMs / 2);
    },
    remember: (generation, to) => writeNodeMemory(options.memoryFile, { generation, active: to }),
    flip: async (to) => {
      active = named(to);
      const [loaded] = await Promise.all([tenants.load(to, active.client), active.learnLeaders()]);
      tenants.use(loaded);
      settledAtMs = performance.now() + SETTLING_MS;
      await Promise.all([...connections].map((connection) => connection.moveBackend(FLIP_FRAME_MS)));
    },
  });

  const context: NodeContext = {
    limits: { ...DEFAULT_LIMITS, maxFrameBytes: settings.maxFrameBytes, maxInFlight: settings.maxInFlight },
    clusterId: settings.clusterId,
    gate,
    inFlight,
    log,
    get generation() {
      return controller.generation;
    },
    authenticate: async (username, token) => {
      const account = await verifyToken(key, token, username);
      const { virtualCluster } = account;
      const refusal = virtualCluster === CANARY_VIRTUAL_CLUSTER ? undefined : refuseVirtualCluster(virtualCluster, [...tenants.known].filter((name) => name !== CANARY_VIRTUAL_CLUSTER));
      if (refusal !== undefined) throw new TokenRefused(refusal);
      return account;
    },
    namesOf: (virtualCluster) => tenants.namesOf(virtualCluster),
    endpointOf: (nodeId) => ports.get(nodeId),
    get isSettling() {
      return performance.now() < settledAtMs;
    },
    mayProduce: (nodeId, topics) => {
      const fits = topics.every(({ name, partitions }) => partitions.every((partition) => active.isLeader(nodeId, name, partition)));
      // Perhaps it is our knowledge that is old: the client's next try is judged by fresh one.
      if (!fits) void active.learnLeaders().catch(() => {});
      return fits;
    },
    connectBackend: async (nodeId) => {
      const { generation } = controller;
      return { socket: await active.connect(nodeId), generation };
    },
    // A topic whose mapping could not be written is not reported as created: the client tries again, and finds both.
    topicsCreated: async ({ virtualCluster }, request, response) => {
      const created = response as unknown as CreateTopicsResponse;
      try {
        await tenants.topicsCreated(virtualCluster, request as unknown as CreateTopicsRequest, created);
      } catch (reason) {
        log.warn(`${TOPIC_MAPPINGS} was not written: ${reason instanceof Error ? reason.message : String(reason)}`, { virtualCluster });
        for (const topic of created.topics) if (topic.errorCode === ERROR.NONE) Object.assign(topic, { errorCode: ERROR.REQUEST_TIMED_OUT, errorMessage: 'the topic exists, but its mapping could not be written: try again' });
      }
    },
    topicsDeleted: async ({ virtualCluster }, request, response) => {
      try {
        await tenants.topicsDeleted(virtualCluster, request as unknown as DeleteTopicsRequest, response as unknown as DeleteTopicsResponse);
      } catch (reason) {
        log.warn(`${TOPIC_MAPPINGS} was not written: ${reason instanceof Error ? reason.message : String(reason)}`, { virtualCluster });
      }
    },
  };

  await createInternalTopics(active);
  tenants.use(await loadTenants(tenants, active));
  const servers = await Promise.all(node.ports.map(({ nodeId, port }) => listen(node.bindHost, port, (socket) => accept(socket, nodeId))));
  log.info('serving', { cluster: active.name, generation: controller.generation, ports: node.ports.map(({ port }) => port).join(',') });

  function accept(socket: Socket, nodeId: number): void {
    const connection = new ClientConnection(socket, nodeId, context, log);
    connections.add(connection);
    void connection.serve().finally(() => connections.delete(connection));
  }

  return {
    controller,
    state: () => ({ node: node.name, ...controller.state, connections: connections.size, heldWrites: gate.held, inFlightWrites: inFlight.count, startedAt }),
    virtualClusters: () => tenants.list(),
    issueToken: async (virtualCluster, username, lifeTimeSeconds) => {
      await tenants.register(virtualCluster);
      return await issueToken(key, { username, virtualCluster }, lifeTimeSeconds);
    },
    close: async () => {
      tenants.close();
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      for (const connection of connections) connection.destroy();
      for (const cluster of clusters.values()) cluster.close();
      await Promise.all(closed);
    },
  };
}

async function listen(host: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => accept(acceptPooled(socket)));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (reason: NodeJS.ErrnoException) => {
      reject(reason.code === 'EADDRINUSE' ? new GwctlError('ENVIRONMENT', `port ${port} on ${host} is in use`) : reason);
    });
    server.listen({ host, port, backlog: 1024 }, resolve);
  });
  return server;
}

/** Topics that were made this moment, perhaps by another node, are not known to every broker yet. */
async function loadTenants(tenants: Tenants, cluster: BackendCluster): Promise<Awaited<ReturnType<Tenants['load']>>> {
  const deadline = performance.now() + TOPICS_VISIBLE_MS;
  for (;;) {
    try {
      return await tenants.load(cluster.name, cluster.client);
    } catch (reason) {
      if (performance.now() > deadline) throw reason;
      cluster.client.forgetLocations();
      await delay(RETRY_MS);
    }
  }
}

/** Where `gwctl up` does not make them (external clusters), the first node does. */
async function createInternalTopics({ client }: BackendCluster): Promise<void> {
  const { brokers, topics } = await client.metadata(INTERNAL_TOPICS.map(({ name }) => name));
  const missing = INTERNAL_TOPICS.filter((topic) => topics.find(({ name }) => name === topic.name)?.errorCode !== ERROR.NONE);
  if (missing.length === 0) return;
  const replicationFactor = Math.min(3, brokers.length);
  await client.createTopics(missing.map(({ name, configs }) => ({ name, partitions: 1, replicationFactor, configs })));
}
