import type { Socket } from 'node:net';
import { openStateLog, type StateLog } from '../../arbiter/state-log.ts';
import type { TransportOptions } from '../../client/client-options.ts';
import { openKafkaClient, type KafkaClient } from '../../client/kafka-client.ts';
import { openSocket } from '../../client/open-socket.ts';
import { GwctlError } from '../../shared/errors.ts';
import type { Cluster } from '../../topology/topology.ts';
import { missingApis, type ApiTable } from '../api-table.ts';
import { connectPooled } from '../bytes/read-buffers.ts';
import { ClusterTopics } from '../tenants/cluster-topics.ts';
import { authenticateSocket } from './authenticate-socket.ts';
import type { CoordinatorKey } from './coordinator-key.ts';
import { ReadySockets } from './ready-sockets.ts';

const CONNECT_TIMEOUT_MS = 3000;
/** A client waits for its answer meanwhile. */
const COORDINATOR_TIMEOUT_MS = 3000;
const ADDRESSES_FRESH_MS = 30_000;
const LEADERS_FRESH_MS = 200;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** TLS and credentials towards the brokers. */
export type BackendAccess = Pick<TransportOptions, 'tls' | 'sasl'>;

/** One Kafka cluster as a place to connect to: which broker is where, asked of the cluster itself. */
export class BackendCluster {
  readonly name: string;
  readonly client: KafkaClient;
  readonly topics: ClusterTopics;
  readonly stateLog: StateLog;
  readonly #access: BackendAccess;
  readonly #clientId: string;
  readonly #connectTimeoutMs: number;
  readonly #ready = new ReadySockets((nodeId) => this.#openOwn(nodeId));
  #addresses = new Map<number, Address>();
  #knownAt = -Infinity;
  #leaders: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map();
  #leadersKnownAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(cluster: Cluster, clientId: string, access: BackendAccess = {}, connectTimeoutMs = CONNECT_TIMEOUT_MS) {
    this.name = cluster.name;
    this.#access = access;
    this.#clientId = clientId;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.client = openKafkaClient({
      bootstrap: cluster.brokers.map(({ host, port }) => ({ host, port })),
      clientId,
      ...access,
      requestTimeoutMs: 10_000,
    });
    this.topics = new ClusterTopics(this.client);
    this.stateLog = openStateLog(this.client);
  }

  /** An authenticated connection to broker `nodeId`, or to any broker when the cluster has no such one now: it then sends the client elsewhere (hazard H9). */
  async connect(nodeId: number): Promise<{ readonly socket: Socket; readonly isStandIn: boolean }> {
    const ready = this.#ready.take(nodeId);
    if (ready !== undefined) return { socket: ready, isStandIn: false };
    await this.#learnAddresses(nodeId);
    const own = this.#addresses.get(nodeId);
    const first = own ?? [...this.#addresses.values()][0];
    if (first === undefined) throw new GwctlError('UNAVAILABLE', `cluster ${this.name} has no broker`);
    try {
      return { socket: await this.#open(first), isStandIn: own === undefined };
    } catch (reason) {
      this.#knownAt = -Infinity;
      throw new GwctlError('UNAVAILABLE', `broker ${nodeId} of ${this.name} cannot be reached: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
    }
  }

  /** Opens connections ahead of those who will want them: `wanted` of them to each broker. Resolves when no more are opened. */
  async makeReady(wanted: ReadonlyMap<number, number>): Promise<void> {
    await this.#ready.fill(wanted);
  }

  async #openOwn(nodeId: number): Promise<Socket> {
    await this.#learnAddresses(nodeId);
    const own = this.#addresses.get(nodeId);
    if (own === undefined) throw new GwctlError('UNAVAILABLE', `cluster ${this.name} has no broker ${nodeId}`);
    return await this.#open(own);
  }

  async #learnAddresses(nodeId: number): Promise<void> {
    if (performance.now() - this.#knownAt > ADDRESSES_FRESH_MS || !this.#addresses.has(nodeId)) await this.#ask();
  }

  async #open(address: Address): Promise<Socket> {
    const { tls, sasl } = this.#access;
    const socket = tls === undefined ? await openPooled(address, this.#connectTimeoutMs) : await openSocket(address, { tls, connectTimeoutMs: this.#connectTimeoutMs });
    if (sasl !== undefined) await authenticateSocket(socket, { address, sasl, clientId: this.#clientId, timeoutMs: this.#connectTimeoutMs });
    return socket;
  }

  /** The broker that coordinates that; asked afresh when what is remembered is `asked`, which says that it does not. */
  async coordinatorOf({ kind, key }: CoordinatorKey, asked: number): Promise<number> {
    const find = (): Promise<number> => this.client.findCoordinator(kind, key, { timeoutMs: COORDINATOR_TIMEOUT_MS });
    const known = await find();
    if (known !== asked) return known;
    this.client.forgetLocations();
    return await find();
  }

  async #ask(): Promise<void> {
    this.#asking ??= this.client
      .metadata([])
      .then(({ brokers }) => {
        this.#addresses = new Map(brokers.map(({ id, host, port }) => [id, { host, port }]));
        this.#knownAt = performance.now();
      })
      .finally(() => {
        this.#asking = undefined;
      });
    await this.#asking;
  }

  /** Leads the partition as far as is known; a partition that is not known is the broker's to judge. */
  isLeader(nodeId: number, topic: string, partition: number): boolean {
    const leader = this.#leaders.get(topic)?.get(partition);
    return leader === undefined || leader < 0 || leader === nodeId;
  }

  /** Asks for all leaders (and topic ids), not more often than LEADERS_FRESH_MS. */
  async learnLeaders(): Promise<void> {
    if (performance.now() - this.#leadersKnownAt < LEADERS_FRESH_MS) return;
    this.#leadersKnownAt = performance.now();
    const { topics } = await this.client.metadata();
    this.topics.remember(topics);
    this.#leaders = new Map(topics.map(({ name, partitions }) => [name, new Map(partitions.map(({ index, leader }) => [index, leader]))]));
  }

  /** Whether this cluster can stand behind the gateway's table and ports. Throws CHECK_FAILED with every reason why not. */
  async inspect(ports: ReadonlySet<number>, table: ApiTable): Promise<{ readonly brokers: readonly number[] }> {
    const { brokers } = await this.client.metadata([]).catch(refuseCredentials);
    const reasons: string[] = [];
    for (const { id: nodeId } of brokers) {
      if (!ports.has(nodeId)) reasons.push(`broker ${nodeId} of ${this.name} has no port on this node (it has ports for ${[...ports].join(', ')})`);
      const served = await this.client.apiVersions(nodeId);
      reasons.push(...missingApis(table, served).map((why) => `broker ${nodeId} of ${this.name}: ${why}`));
    }
    if (reasons.length > 0) throw new GwctlError('CHECK_FAILED', reasons.join('; '));
    return { brokers: brokers.map(({ id }) => id) };
  }

  close(): void {
    this.#ready.close();
    this.client.close();
  }
}

/** Wrong credentials are no reason to stop a node: only this cluster cannot be switched to. */
function refuseCredentials(reason: unknown): never {
  if (reason instanceof GwctlError && reason.code === 'CONFIG') throw new GwctlError('CHECK_FAILED', reason.message, { cause: reason });
  throw reason;
}

async function openPooled({ host, port }: Address, timeoutMs: number): Promise<Socket> {
  const socket = connectPooled({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer from ${host}:${port} within ${timeoutMs} ms`)), timeoutMs);
    const fail = (reason: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(reason);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve();
    });
  });
  return socket;
}
