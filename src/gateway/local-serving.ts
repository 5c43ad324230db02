import type { Socket } from 'node:net';
import type { Registry } from 'prom-client';
import { CANARY_VIRTUAL_CLUSTER } from '../shared/canary.ts';
import type { Cluster, GatewayNode as NodeConfig, GatewaySettings } from '../topology/topology.ts';
import { ERROR } from '../wire/error-codes.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../wire/generated/delete-topics.ts';
import type { AckSink } from './acknowledged/acknowledgement.ts';
import { apiTableFor, type ApiTable } from './api-table.ts';
import type { AuditLog } from './audit/audit-log.ts';
import { registerAuditMetrics } from './audit/audit-metrics.ts';
import type { Backing } from './backing.ts';
import { SoftwareMemory } from './client-software.ts';
import { ClientConnection } from './connection/client-connection.ts';
import { GroupGate } from './groups/group-gate.ts';
import { type GuardName, withEpochApi } from './guards.ts';
import { guardSlowPeers } from './limits/guard-slow-peers.ts';
import { shareOfLimits } from './limits/share-of-limits.ts';
import { registerTenantMetrics } from './limits/tenant-metrics.ts';
import { NodeLimits } from './limits/tenant-usage.ts';
import { createAcceptor, type Acceptor } from './listening/acceptor.ts';
import { readServerTls } from './listening/server-tls.ts';
import type { Log } from './log.ts';
import { LoginThrottle } from './login/login-throttle.ts';
import { guardSessions } from './login/session-guard.ts';
import { readTokenKeys } from './login/token-keys.ts';
import { TokenRefused, verifyToken, type ServiceAccount } from './login/tokens.ts';
import { createTrafficMetrics, type MetricSnapshot, type TrafficMetrics } from './metrics.ts';
import { DEFAULT_LIMITS, type NodeContext } from './node-context.ts';
import { ProducerSequences } from './producers/producer-sequences.ts';
import { ReturnedProducers } from './producers/returned-producers.ts';
import type { Serving, ServingCounts } from './serving.ts';
import { registerSoftwareMetrics } from './software-metrics.ts';
import { ClusterCut } from './switch/cluster-cut.ts';
import { unlessHeld } from './switch/held-changes.ts';
import { InFlightWrites } from './switch/in-flight-writes.ts';
import { StallGuard } from './switch/stall-guard.ts';
import type { PrepareFindings } from './switch/switch-controller.ts';
import { WriteGate } from './switch/write-gate.ts';
import { refuseVirtualCluster } from './tenants/tenant-names.ts';
import { TOPIC_MAPPINGS } from './tenants/topic-mappings.ts';
import type { ProducerNote, ProducerTeller } from './transactions/producer-note.ts';
import { Transactions } from './transactions/transactions.ts';

/** What every process of a node that serves clients is told. */
export interface ServingOptions {
  readonly node: NodeConfig;
  readonly settings: GatewaySettings;
  readonly clusters: readonly Cluster[];
  /** The first signs, all verify. */
  readonly tokenKeys: readonly string[];
  /** For tests only (guards.ts); all are on by default. */
  readonly disabledGuards?: ReadonlySet<GuardName> | undefined;
}

/** Whom this process talks to about switches and producers, and how. */
export interface ServingNeighbours {
  readonly teller?: ProducerTeller;
  /** Resolves when it is known what was decided while this process did not run; it is not watched for that without. */
  readonly catchUp?: () => Promise<void>;
  /** How long those have been silent who tell it of switches. */
  readonly silentMs?: () => number;
}

/** Longest time that an answer which is half-way to a client may hold up a flip. */
const FLIP_FRAME_MS = 1000;
/** A client waits for its answer meanwhile. */
const OFFSETS_TIMEOUT_MS = 3000;

/** What clients of this node may ask. */
export function tableOf({ clusters, disabledGuards }: Pick<ServingOptions, 'clusters' | 'disabledGuards'>): ApiTable {
  const frozen = apiTableFor(clusters.map(({ kafkaVersion }) => kafkaVersion));
  return disabledGuards?.has('epochs') === true ? withEpochApi(frozen) : frozen;
}

/** Serves clients in this process. */
export class LocalServing implements Serving {
  readonly #backing: Backing;
  readonly #options: ServingOptions;
  readonly #log: Log;
  readonly #apis: ApiTable;
  readonly #gate: WriteGate;
  readonly #inFlight = new InFlightWrites();
  readonly #stalls: StallGuard | undefined;
  readonly #cut = new ClusterCut();
  readonly #groups: GroupGate;
  readonly #transactions: Transactions;
  readonly #sequences: ProducerSequences;
  readonly #returned: ReturnedProducers;
  readonly #software = new SoftwareMemory();
  readonly #throttle = new LoginThrottle();
  readonly #connections = new Set<ClientConnection>();
  readonly #ended = { received: 0, sent: 0 };
  readonly #metrics: TrafficMetrics;
  readonly #acceptors: ReadonlyMap<number, Acceptor>;
  readonly #audit: AuditLog;
  readonly #acknowledged: AckSink;
  readonly #limits: NodeLimits;
  readonly #endGuard: () => void;
  readonly #endSlowGuard: () => void;

  constructor(backing: Backing, options: ServingOptions, log: Log, audit: AuditLog, acknowledged: AckSink, { teller, catchUp, silentMs }: ServingNeighbours = {}) {
    const { node, settings } = options;
    this.#audit = audit;
    this.#acknowledged = acknowledged;
    this.#limits = new NodeLimits({ ...shareOfLimits(settings, node.workers), exempt: new Set([CANARY_VIRTUAL_CLUSTER]) });
    this.#backing = backing;
    this.#options = options;
    this.#log = log;
    this.#apis = tableOf(options);
    this.#gate = new WriteGate(settings.holdMs);
    if (catchUp !== undefined && options.disabledGuards?.has('stalls') !== true) {
      const stalled = (ms: number): void => log.warn('this process was stopped, or heard nothing: writes are held until it knows what has happened meanwhile', { milliseconds: ms });
      this.#stalls = new StallGuard({ gate: this.#gate, catchUp, stalled, ...(silentMs === undefined ? {} : { silentMs }) });
    }
    this.#groups = new GroupGate(settings.holdMs);
    this.#transactions = new Transactions(log, teller);
    this.#sequences = new ProducerSequences(log);
    this.#returned = new ReturnedProducers(() => ({ generation: backing.generation, left: options.disabledGuards?.has('returned-producers') === true ? 0 : backing.left }));
    // There was a switch before this start: producers from before it may still come.
    if (backing.generation > 1) this.#transactions.moved(backing.active.client);
    this.#metrics = createTrafficMetrics(this);
    const context = this.#makeContext();
    const tls = node.tls === undefined ? undefined : readServerTls(node.tls);
    this.#acceptors = new Map(node.ports.map(({ nodeId, port }) => [nodeId, createAcceptor({ port, tls, log, accept: (socket) => this.#serve(new ClientConnection(socket, nodeId, context, log)) })]));
    this.#endGuard = guardSessions(this.#connections, (account) => backing.tenants.isRevoked(account), log);
    this.#endSlowGuard = guardSlowPeers(this.#connections);
  }

  get isHeld(): boolean {
    return this.#gate.isHeldFor('switch');
  }

  register(registry: Registry, prefix: string): void {
    registerTenantMetrics(registry, () => this.#limits.all(), prefix);
    registerAuditMetrics(registry, this.#audit, prefix);
    registerSoftwareMetrics(registry, this.#connections, prefix);
  }

  get counts(): ServingCounts {
    return { connections: this.#connections.size, heldWrites: this.#gate.held, inFlightWrites: this.#inFlight.count };
  }

  clientBytes(): { readonly received: number; readonly sent: number } {
    const total = { ...this.#ended };
    for (const { clientBytes } of this.#connections) {
      total.received += clientBytes.received;
      total.sent += clientBytes.sent;
    }
    return total;
  }

  take(nodeId: number, socket: Socket): void {
    const acceptor = this.#acceptors.get(nodeId);
    if (acceptor === undefined) socket.destroy();
    else acceptor.take(socket);
  }

  async prepare(to: string): Promise<PrepareFindings> {
    const findings = await this.#backing.prepare(to, this.#apis);
    // Not waited for: whoever finds none connects by itself.
    void this.#backing.makeReady(to, countBackends(this.#connections));
    return findings;
  }

  async drainGroups(timeoutMs: number): Promise<{ readonly members: number; readonly drained: number }> {
    return await this.#groups.drain(timeoutMs);
  }

  async openGroups(verdict: 'same' | 'moved'): Promise<void> {
    this.#groups.open(verdict);
  }

  async closeGate(): Promise<void> {
    if (!this.#gate.isHeldFor('switch')) this.#transactions.held();
    this.#gate.close();
  }

  async openGate(): Promise<void> {
    const isGivenUp = this.#cut.isOn;
    this.#cut.end();
    this.#sequences.forget();
    this.#gate.open();
    if (!isGivenUp) return;
    // What was asked before the cut is asked anew of the same cluster. Not waited for: it may still not answer.
    for (const connection of this.#connections) void connection.moveBackend(0).catch((reason: unknown) => this.#log.warn('a client could not be led back', { reason: String(reason) }));
  }

  async cutOff(): Promise<void> {
    this.#cut.begin();
    this.#transactions.cutOff();
    await Promise.all([...this.#connections].map((connection) => connection.cutOff()));
  }

  async settleWrites(timeoutMs: number): Promise<boolean> {
    await this.#transactions.ended();
    for (const connection of this.#connections) connection.settleUnacknowledged();
    if (await this.#inFlight.drained(timeoutMs / 2)) return true;
    for (const connection of this.#connections) connection.abortHalfWrite();
    return await this.#inFlight.drained(timeoutMs / 2);
  }

  async abortTransactions(timeoutMs: number): Promise<number> {
    this.#sequences.read(this.#backing.active.client);
    // Also when none is open here: a producer whose transaction another worker aborts may write through this one.
    this.#transactions.disturb();
    const aborted = await this.#transactions.abortOpen(this.#backing.active.client, timeoutMs);
    if (aborted > 0) this.#log.info('open transactions were aborted before the switch', { count: aborted });
    return aborted;
  }

  async settleAcknowledged(): Promise<void> {}

  async flip(to: string, generation: number, lastLeft: number): Promise<void> {
    const left = this.#backing.active;
    await this.#backing.moveTo(to, generation, lastLeft);
    this.#transactions.moved(this.#backing.active.client, left.name === to || this.#cut.isOn ? undefined : left.client);
    this.#cut.end();
    await Promise.all([this.#sequences.moved(), ...[...this.#connections].map((connection) => connection.moveBackend(FLIP_FRAME_MS))]);
    if (this.#options.disabledGuards?.has('keep-sockets') === true) for (const connection of this.#connections) connection.destroy();
  }

  /** Other processes of this node know these transactional producers. */
  learnProducers(notes: readonly (readonly [string, ProducerNote])[]): void {
    for (const [transactionalId, note] of notes) this.#transactions.learn(transactionalId, note);
  }

  async hold(change: () => Promise<void>): Promise<void> {
    await unlessHeld({ gate: this.#gate, inFlight: this.#inFlight, stalls: this.#stalls }, change);
  }

  async metrics(): Promise<readonly MetricSnapshot[]> {
    return await this.#metrics.read();
  }

  async close(): Promise<void> {
    this.#stalls?.close();
    this.#endGuard();
    this.#endSlowGuard();
    for (const acceptor of this.#acceptors.values()) acceptor.close();
    for (const connection of this.#connections) connection.destroy();
  }

  #serve(connection: ClientConnection): void {
    this.#connections.add(connection);
    void connection.serve().finally(() => {
      this.#connections.delete(connection);
      this.#ended.received += connection.clientBytes.received;
      this.#ended.sent += connection.clientBytes.sent;
    });
  }

  #makeContext(): NodeContext {
    const { node, settings, disabledGuards = new Set<GuardName>() } = this.#options;
    const backing = this.#backing;
    const { tenants } = backing;
    const keys = readTokenKeys(this.#options.tokenKeys);
    const ports = new Map(node.ports.map(({ nodeId, port }) => [nodeId, { host: node.advertisedHost, port }]));
    return {
      metrics: this.#metrics,
      audit: this.#audit,
      limits: { ...DEFAULT_LIMITS, maxFrameBytes: settings.maxFrameBytes, maxInFlight: settings.maxInFlight },
      clusterId: settings.clusterId,
      disabledGuards,
      apis: this.#apis,
      topics: {
        refresh: () => backing.active.topics.refresh(),
        topics: () => backing.active.topics.topics(),
        idOf: (topic) => backing.active.topics.idOf(topic),
        nameOf: (id) => backing.active.topics.nameOf(id),
      },
      gate: this.#gate,
      stalls: this.#stalls,
      inFlight: this.#inFlight,
      acknowledged: this.#acknowledged,
      get activeCluster() {
        return backing.active.name;
      },
      groups: this.#groups,
      transactions: this.#transactions,
      sequences: this.#sequences,
      returned: this.#returned,
      software: this.#software,
      log: this.#log,
      get generation() {
        return backing.generation;
      },
      authenticate: async (username, token) => {
        const account = await verifyToken(keys, token, username);
        if (tenants.isRevoked(account)) throw new TokenRefused('the token was revoked');
        const { virtualCluster } = account;
        const refusal = virtualCluster === CANARY_VIRTUAL_CLUSTER ? undefined : refuseVirtualCluster(virtualCluster, [...tenants.known].filter((name) => name !== CANARY_VIRTUAL_CLUSTER));
        if (refusal !== undefined) throw new TokenRefused(refusal);
        return account;
      },
      accessOf: (account) => tenants.accessOf(account, (change) => this.hold(change)),
      loginFailed: (address) => this.#throttle.failed(address),
      namesOf: (virtualCluster) => tenants.namesOf(virtualCluster),
      usageOf: (virtualCluster) => this.#limits.usageOf(virtualCluster),
      endpoints: ports,
      get isSettling() {
        return backing.settlingMs > 0;
      },
      mayProduce: (nodeId, topics) => {
        const { active } = backing;
        const fits = topics.every(({ name, partitions }) => partitions.every((partition) => active.isLeader(nodeId, name, partition)));
        // Perhaps it is our knowledge that is old: the client's next try is judged by fresh one.
        if (!fits) void active.learnLeaders().catch(() => {});
        return fits;
      },
      connectBackend: async (nodeId) => {
        return await this.#cut.open(async () => {
          const { generation, active } = backing;
          return { ...(await active.connect(nodeId)), generation };
        }, ({ socket }) => socket.destroy());
      },
      coordinatorOf: (key, asked) => backing.active.coordinatorOf(key, asked),
      listOffsets: (queries) => backing.active.client.listOffsets(queries, { timeoutMs: OFFSETS_TIMEOUT_MS }),
      topicsCreated: (account, request, response) => this.#topicsCreated(account, request as unknown as CreateTopicsRequest, response as unknown as CreateTopicsResponse),
      topicsDeleted: (account, request, response) => this.#topicsDeleted(account, request as unknown as DeleteTopicsRequest, response as unknown as DeleteTopicsResponse),
    };
  }

  /** A topic whose mapping could not be written is not reported as created: the client tries again, and finds both. */
  async #topicsCreated({ virtualCluster }: ServiceAccount, request: CreateTopicsRequest, response: CreateTopicsResponse): Promise<void> {
    try {
      await this.#backing.tenants.topicsCreated(virtualCluster, request, response);
    } catch (reason) {
      this.#mappingNotWritten(virtualCluster, reason);
      for (const topic of response.topics) if (topic.errorCode === ERROR.NONE) Object.assign(topic, { errorCode: ERROR.REQUEST_TIMED_OUT, errorMessage: 'the topic exists, but its mapping could not be written: try again' });
    }
  }

  async #topicsDeleted({ virtualCluster }: ServiceAccount, request: DeleteTopicsRequest, response: DeleteTopicsResponse): Promise<void> {
    try {
      await this.#backing.tenants.topicsDeleted(virtualCluster, request, response);
    } catch (reason) {
      this.#mappingNotWritten(virtualCluster, reason);
    }
  }

  #mappingNotWritten(virtualCluster: string, reason: unknown): void {
    this.#log.warn(`${TOPIC_MAPPINGS} was not written: ${reason instanceof Error ? reason.message : String(reason)}`, { virtualCluster });
  }
}

/** How many clients are connected to each broker. */
function countBackends(connections: Iterable<ClientConnection>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { backend } of connections) if (backend !== undefined) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  return counts;
}
