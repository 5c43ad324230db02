import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeState, VirtualClusterInfo } from '../shared/admin-api.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../wire/generated/delete-topics.ts';
import type { Cluster, GatewayNode as NodeConfig, GatewaySettings } from '../topology/topology.ts';
import { apiTableFor } from './api-table.ts';
import { BackendCluster, type BackendAccess } from './backend-cluster.ts';
import { ClientConnection } from './client-connection.ts';
import { SoftwareMemory } from './client-software.ts';
import { GroupGate } from './group-gate.ts';
import { type GuardName, withEpochApi } from './guards.ts';
import { InFlightWrites } from './in-flight-writes.ts';
import { listen } from './listen.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { DEFAULT_LIMITS, type NodeContext } from './node-context.ts';
import { readServerTls } from './server-tls.ts';
import { LoginThrottle } from './login-throttle.ts';
import { readNodeMemory, writeNodeMemory } from './node-memory.ts';
import { guardSessions } from './session-guard.ts';
import { SwitchController } from './switch-controller.ts';
import { ACLS, CANARY_TOPIC, CANARY_VIRTUAL_CLUSTER, Tenants, VIRTUAL_CLUSTERS } from './tenants.ts';
import { refuseVirtualCluster } from './tenant-names.ts';
import { readTokenKeys } from './token-keys.ts';
import { issueToken, TokenRefused, verifyToken } from './tokens.ts';
import { TOPIC_MAPPINGS } from './topic-mappings.ts';
import { Transactions } from './transactions.ts';
import { WriteGate } from './write-gate.ts';

export interface GatewayNodeOptions {
  readonly node: NodeConfig;
  readonly settings: GatewaySettings;
  readonly clusters: readonly Cluster[];
  /** How each cluster's brokers are spoken to; a cluster that is not here: plain text. */
  readonly clusterAccess?: ReadonlyMap<string, BackendAccess>;
  /** Served at the very first start; later the node's memory says. */
  readonly primary: string;
  /** The first signs, all verify. */
  readonly tokenKeys: readonly string[];
  readonly memoryFile: string;
  readonly log: Log;
  /** For tests only (guards.ts); all are on by default. */
  readonly disabledGuards?: ReadonlySet<GuardName>;
}

/** A running node. */
export interface GatewayNode {
  readonly controller: SwitchController;
  state(): NodeState;
  renderMetrics: Metrics['render'];
  virtualClusters(): VirtualClusterInfo[];
  /** Registers the virtual cluster when it is new. Throws USAGE for a name that cannot be one. */
  issueToken(virtualCluster: string, username: string, lifeTimeSeconds: number, isAdmin?: boolean): Promise<string>;
  /** Revokes every token that the user was given until now. Throws USAGE when there is no such virtual cluster. */
  revokeUser(virtualCluster: string, username: string): Promise<void>;
  /** Revokes that token. Throws USAGE when it is none of that virtual cluster. */
  revokeToken(virtualCluster: string, token: string): Promise<void>;
  close(): Promise<void>;
}

/** Longest time that an answer which is half-way to a client may hold up a flip. */
const FLIP_FRAME_MS = 1000;
/** Every client asks for metadata again within this time (metadata.max.age.ms and its like are 5 minutes by default). */
const SETTLING_MS = 300_000;

const COMPACTED = { 'cleanup.policy': 'compact' };
/** A client waits for its answer meanwhile. */
const OFFSETS_TIMEOUT_MS = 3000;
const TOPICS_VISIBLE_MS = 15_000;
const RETRY_MS = 200;
/** What this node cannot do without. The canary's topic is gwctl's, and is no topic of a mapping. */
const INTERNAL_TOPICS = [
  { name: TOPIC_MAPPINGS, configs: COMPACTED },
  { name: VIRTUAL_CLUSTERS, configs: COMPACTED },
  { name: ACLS, configs: COMPACTED },
  { name: CANARY_TOPIC, configs: { 'cleanup.policy': 'delete', 'retention.ms': '86400000' } },
];

/**
 * Starts one node: loads who its tenants are from the active cluster, then binds every broker port, and keeps them bound until `close`
 * (hazard H9). Throws when the active cluster cannot be read: a node that cannot serve does not listen.
 */
export async function startGatewayNode(options: GatewayNodeOptions): Promise<GatewayNode> {
  const { node, settings, log, disabledGuards = new Set<GuardName>() } = options;
  if (disabledGuards.size > 0) log.warn('guards are switched off, which is for tests only: clients will not survive a switch', { guards: [...disabledGuards].join(',') });
  const memory = (await readNodeMemory(options.memoryFile)) ?? { generation: 1, active: options.primary };
  const clusters = new Map(options.clusters.map((cluster) => [cluster.name, new BackendCluster(cluster, `gwctl-${node.name}`, options.clusterAccess?.get(cluster.name))]));
  const named = (name: string): BackendCluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw new GwctlError('USAGE', `unknown cluster "${name}" (known: ${[...clusters.keys()].join(', ')})`);
    return cluster;
  };
  const keys = readTokenKeys(options.tokenKeys);
  const throttle = new LoginThrottle();
  const tls = node.tls === undefined ? undefined : readServerTls(node.tls);
  const ports = new Map(node.ports.map(({ nodeId, port }) => [nodeId, { host: node.advertisedHost, port }]));
  const tenants = new Tenants(log);
  const gate = new WriteGate(settings.holdMs);
  const inFlight = new InFlightWrites();
  const groups = new GroupGate(settings.holdMs);
  const transactions = new Transactions(log);
  const connections = new Set<ClientConnection>();
  const startedAt = new Date().toISOString();
  const frozen = apiTableFor(options.clusters.map(({ kafkaVersion }) => kafkaVersion));
  const apis = disabledGuards.has('epochs') ? withEpochApi(frozen) : frozen;
  let active = named(memory.active);
  let settledAtMs = -Infinity;
  // There was a switch before this start: producers from before it may still come.
  if (memory.generation > 1) transactions.moved(active.client);

  const controller: SwitchController = new SwitchController(memory.generation, memory.active, {
    prepare: async (to) => {
      const target = named(to);
      const { brokers } = await target.inspect(new Set(ports.keys()), apis);
      const loaded = await tenants.load(to, target.client);
      return { brokers, topicMappings: loaded.mappings.values.size, virtualClusters: loaded.virtualClusters.values.size };
    },
    drainGroups: (timeoutMs) => groups.drain(timeoutMs),
    openGroups: (verdict) => groups.open(verdict),
    closeGate: () => {
      if (gate.isOpen) transactions.held();
      gate.close();
    },
    openGate: () => gate.open(),
    drain: async (timeoutMs) => {
      await transactions.ended();
      for (const connection of connections) connection.settleUnacknowledged();
      if (!(await inFlight.drained(timeoutMs / 2))) {
        for (const connection of connections) connection.abortHalfWrite();
        if (!(await inFlight.drained(timeoutMs / 2))) return false;
      }
      const aborted = await transactions.abortOpen(active.client, timeoutMs);
      if (aborted > 0) log.info('open transactions were aborted before the switch', { count: aborted });
      return true;
    },
    remember: (generation, to) => writeNodeMemory(options.memoryFile, { generation, active: to }),
    flip: async (to) => {
      const left = active;
      active = named(to);
      const [loaded] = await Promise.all([tenants.load(to, active.client), active.learnLeaders()]);
      tenants.use(loaded);
      settledAtMs = performance.now() + SETTLING_MS;
      transactions.moved(active.client, left.client);
      await Promise.all([...connections].map((connection) => connection.moveBackend(FLIP_FRAME_MS)));
      if (disabledGuards.has('keep-sockets')) for (const connection of connections) connection.destroy();
    },
  });

  const state = (): NodeState => ({ node: node.name, ...controller.state, connections: connections.size, heldWrites: gate.held, inFlightWrites: inFlight.count, startedAt });
  const ended = { received: 0, sent: 0 };
  const metrics = createMetrics({
    state,
    clusters: options.clusters.map(({ name }) => name),
    clientBytes: () => {
      const total = { ...ended };
      for (const { clientBytes } of connections) {
        total.received += clientBytes.received;
        total.sent += clientBytes.sent;
      }
      return total;
    },
  });

  const context: NodeContext = {
    metrics,
    limits: { ...DEFAULT_LIMITS, maxFrameBytes: settings.maxFrameBytes, maxInFlight: settings.maxInFlight },
    clusterId: settings.clusterId,
    disabledGuards,
    apis,
    topics: {
      refresh: () => active.topics.refresh(),
      topics: () => active.topics.topics(),
      idOf: (topic) => active.topics.idOf(topic),
      nameOf: (id) => active.topics.nameOf(id),
    },
    gate,
    inFlight,
    groups,
    transactions,
    software: new SoftwareMemory(),
    log,
    get generation() {
      return controller.generation;
    },
    authenticate: async (username, token) => {
      const account = await verifyToken(keys, token, username);
      if (tenants.isRevoked(account)) throw new TokenRefused('the token was revoked');
      const { virtualCluster } = account;
      const refusal = virtualCluster === CANARY_VIRTUAL_CLUSTER ? undefined : refuseVirtualCluster(virtualCluster, [...tenants.known].filter((name) => name !== CANARY_VIRTUAL_CLUSTER));
      if (refusal !== undefined) throw new TokenRefused(refusal);
      return account;
    },
    accessOf: (account) => tenants.accessOf(account, unlessHeld),
    loginFailed: (address) => throttle.failed(address),
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
    coordinatorOf: (key, asked) => active.coordinatorOf(key, asked),
    listOffsets: (queries) => active.client.listOffsets(queries, { timeoutMs: OFFSETS_TIMEOUT_MS }),
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
  const listeners = await Promise.all(node.ports.map(({ nodeId, port }) => listen({ host: node.bindHost, port, tls, log, accept: (socket) => accept(socket, nodeId) })));
  log.info('serving', { cluster: active.name, generation: controller.generation, ports: node.ports.map(({ port }) => port).join(',') });

  const endGuard = guardSessions(connections, (account) => tenants.isRevoked(account), log);

  /** A change that is written to the cluster which is being left would be lost: not while writes are held, and a drain waits for it. */
  async function unlessHeld(change: () => Promise<void>): Promise<void> {
    if (!gate.isOpen) throw new GwctlError('UNAVAILABLE', 'a switch is under way: try again after it');
    inFlight.begin();
    try {
      await change();
    } finally {
      inFlight.end();
    }
  }

  function accept(socket: Socket, nodeId: number): void {
    const connection = new ClientConnection(socket, nodeId, context, log);
    connections.add(connection);
    void connection.serve().finally(() => {
      connections.delete(connection);
      ended.received += connection.clientBytes.received;
      ended.sent += connection.clientBytes.sent;
    });
  }

  return {
    controller,
    state,
    renderMetrics: () => metrics.render(),
    virtualClusters: () => tenants.list(),
    issueToken: async (virtualCluster, username, lifeTimeSeconds, isAdmin = false) => {
      await tenants.register(virtualCluster);
      return await issueToken(keys, { username, virtualCluster, isAdmin }, lifeTimeSeconds);
    },
    revokeUser: (virtualCluster, username) => unlessHeld(() => tenants.revoke({ virtualCluster, username })),
    revokeToken: async (virtualCluster, token) => {
      const account = await verifyToken(keys, token).catch((reason: unknown) => {
        throw reason instanceof TokenRefused ? new GwctlError('USAGE', reason.message) : reason;
      });
      if (account.virtualCluster !== virtualCluster) throw new GwctlError('USAGE', `the token is one of virtual cluster "${account.virtualCluster}", not of "${virtualCluster}"`);
      await unlessHeld(() => tenants.revoke(account));
    },
    close: async () => {
      endGuard();
      tenants.close();
      const closed = listeners.map((listener) => listener.close());
      for (const connection of connections) connection.destroy();
      for (const cluster of clusters.values()) cluster.close();
      await Promise.all(closed);
    },
  };
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
