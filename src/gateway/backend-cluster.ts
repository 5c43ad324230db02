import type { Socket } from 'node:net';
import { openKafkaClient, type KafkaClient } from '../client/kafka-client.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Cluster } from '../topology/topology.ts';
import { missingApis } from './api-table.ts';
import { connectPooled } from './read-buffers.ts';

const CONNECT_TIMEOUT_MS = 3000;
const ADDRESSES_FRESH_MS = 30_000;
const LEADERS_FRESH_MS = 200;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** One Kafka cluster as a place to connect to: which broker is where, asked of the cluster itself. */
export class BackendCluster {
  readonly name: string;
  readonly client: KafkaClient;
  readonly #connectTimeoutMs: number;
  #addresses = new Map<number, Address>();
  #knownAt = -Infinity;
  #leaders: ReadonlyMap<string, ReadonlyMap<number, number>> = new Map();
  #leadersKnownAt = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(cluster: Cluster, clientId: string, connectTimeoutMs = CONNECT_TIMEOUT_MS) {
    this.name = cluster.name;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.client = openKafkaClient({
      bootstrap: cluster.brokers.map(({ host, port }) => ({ host, port })),
      clientId,
      requestTimeoutMs: 10_000,
    });
  }

  /** A connection to broker `nodeId`, or to any broker when the cluster has no such one: it then sends the client elsewhere (hazard H9). */
  async connect(nodeId: number): Promise<Socket> {
    if (performance.now() - this.#knownAt > ADDRESSES_FRESH_MS || !this.#addresses.has(nodeId)) await this.#ask();
    const first = this.#addresses.get(nodeId) ?? [...this.#addresses.values()][0];
    if (first === undefined) throw new GwctlError('UNAVAILABLE', `cluster ${this.name} has no broker`);
    try {
      return await openSocket(first, this.#connectTimeoutMs);
    } catch (reason) {
      this.#knownAt = -Infinity;
      throw new GwctlError('UNAVAILABLE', `broker ${nodeId} of ${this.name} cannot be reached: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
    }
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

  /** Asks for all leaders, not more often than LEADERS_FRESH_MS. */
  async learnLeaders(): Promise<void> {
    if (performance.now() - this.#leadersKnownAt < LEADERS_FRESH_MS) return;
    this.#leadersKnownAt = performance.now();
    const { topics } = await this.client.metadata();
    this.#leaders = new Map(topics.map(({ name, partitions }) => [name, new Map(partitions.map(({ index, leader }) => [index, leader]))]));
  }

  /** Whether this cluster can stand behind the gateway's table and ports. Throws CHECK_FAILED with every reason why not. */
  async inspect(ports: ReadonlySet<number>): Promise<{ readonly brokers: readonly number[] }> {
    const { brokers } = await this.client.metadata([]);
    const reasons: string[] = [];
    for (const { id: nodeId } of brokers) {
      if (!ports.has(nodeId)) reasons.push(`broker ${nodeId} of ${this.name} has no port on this node (it has ports for ${[...ports].join(', ')})`);
      const served = await this.client.apiVersions(nodeId);
      reasons.push(...missingApis(served).map((why) => `broker ${nodeId} of ${this.name}: ${why}`));
    }
    if (reasons.length > 0) throw new GwctlError('CHECK_FAILED', reasons.join('; '));
    return { brokers: brokers.map(({ id }) => id) };
  }

  close(): void {
    this.client.close();
  }
}

async function openSocket({ host, port }: Address, timeoutMs: number): Promise<Socket> {
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
