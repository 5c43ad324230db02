import { setTimeout as delay } from 'node:timers/promises';
import type { StateLog } from '../arbiter/state-log.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { CANARY_TOPIC_CONFIGS, PHYSICAL_CANARY_TOPIC } from '../shared/canary.ts';
import { GwctlError } from '../shared/errors.ts';
import type { Cluster } from '../topology/topology.ts';
import { ERROR } from '../wire/error-codes.ts';
import type { ApiTable } from './api-table.ts';
import { AUDIT_TOPIC, AUDIT_TOPIC_CONFIG } from './audit/audit-log.ts';
import { BackendCluster, type BackendAccess } from './backend/backend-cluster.ts';
import type { Log } from './log.ts';
import type { NodeMemory } from './switch/node-memory.ts';
import type { PrepareFindings } from './switch/switch-controller.ts';
import { ACLS, Tenants, VIRTUAL_CLUSTERS } from './tenants/tenants.ts';
import { TOPIC_MAPPINGS } from './tenants/topic-mappings.ts';

export interface BackingOptions {
  readonly node: { readonly name: string; readonly ports: readonly { readonly nodeId: number }[] };
  readonly clusters: readonly Cluster[];
  /** How each cluster's brokers are spoken to; a cluster that is not here: plain text. */
  readonly clusterAccess?: ReadonlyMap<string, BackendAccess> | undefined;
  readonly log: Log;
}

/** Every client asks for metadata again within this time (metadata.max.age.ms and its like are 5 minutes by default). */
export const SETTLING_MS = 300_000;
const COMPACTED = { 'cleanup.policy': 'compact' };
const TOPICS_VISIBLE_MS = 15_000;
const RETRY_MS = 200;
/** What a node cannot do without. The canary's topic is gwctl's, and is no topic of a mapping. */
const INTERNAL_TOPICS = [
  { name: TOPIC_MAPPINGS, configs: COMPACTED },
  { name: VIRTUAL_CLUSTERS, configs: COMPACTED },
  { name: ACLS, configs: COMPACTED },
  { name: AUDIT_TOPIC, configs: AUDIT_TOPIC_CONFIG },
  { name: PHYSICAL_CANARY_TOPIC, configs: CANARY_TOPIC_CONFIGS },
];

/** What stands behind one process of a node: the clusters, which of them is active, and what it says of the tenants. */
export class Backing {
  readonly tenants: Tenants;
  readonly #clusters: ReadonlyMap<string, BackendCluster>;
  readonly #ports: ReadonlySet<number>;
  #active: BackendCluster;
  #generation: number;
  #left = 0;
  #settledAtMs = -Infinity;

  constructor({ node, clusters, clusterAccess, log }: BackingOptions, { generation, active }: NodeMemory) {
    this.#clusters = new Map(clusters.map((cluster) => [cluster.name, new BackendCluster(cluster, `gwctl-${node.name}`, clusterAccess?.get(cluster.name))]));
    this.#ports = new Set(node.ports.map(({ nodeId }) => nodeId));
    this.tenants = new Tenants(log);
    this.#active = this.#named(active);
    this.#generation = generation;
  }

  /** The log of the switch on each cluster. */
  get stateLogs(): ReadonlyMap<string, StateLog> {
    return new Map([...this.#clusters].map(([name, { stateLog }]) => [name, stateLog]));
  }

  /** Before `open`: there was a switch while this node was away. */
  startAt({ generation, active }: NodeMemory): void {
    this.#active = this.#named(active);
    this.#generation = generation;
  }

  /** Of any cluster. */
  clientOf(name: string): KafkaClient {
    return this.#named(name).client;
  }

  get active(): BackendCluster {
    return this.#active;
  }

  /** Grows with each flip, at the same moment as `active` changes. */
  get generation(): number {
    return this.#generation;
  }

  /** The last generation in which the active cluster was active before, and was then left; 0: it never was. */
  get left(): number {
    return this.#left;
  }

  /** At a start, by the logs of the switches. */
  wasLeft(generation: number): void {
    this.#left = generation;
  }

  /** Clients may still write by the leaders of the cluster that was left, for so long. */
  get settlingMs(): number {
    return Math.max(0, this.#settledAtMs - performance.now());
  }

  /** Before anybody is served: makes the internal topics where nobody did, and reads who the tenants are. */
  async open(): Promise<void> {
    await createInternalTopics(this.#active);
    await this.load();
  }

  async load(): Promise<void> {
    this.tenants.use(await loadTenants(this.tenants, this.#active));
  }

  /** Reads what is needed from the target. Throws when it could not be served from here. */
  async prepare(to: string, apis: ApiTable): Promise<PrepareFindings> {
    const target = this.#named(to);
    const { brokers } = await target.inspect(this.#ports, apis);
    const loaded = await this.tenants.load(to, target.client);
    return { brokers, topicMappings: loaded.mappings.values.size, virtualClusters: loaded.virtualClusters.values.size };
  }

  /** Opens as many connections to each broker of the target as clients here will want. */
  async makeReady(to: string, wanted: ReadonlyMap<number, number>): Promise<void> {
    await this.#named(to).makeReady(wanted);
  }

  /** The other cluster is active at once; who its tenants are is known when it resolves. When it rejects, call it again. */
  async moveTo(to: string, generation: number, left: number): Promise<void> {
    const active = this.#named(to);
    this.#active = active;
    this.#generation = generation;
    this.#left = left;
    const [loaded] = await Promise.all([this.tenants.load(to, active.client), active.learnLeaders()]);
    this.tenants.use(loaded);
    this.settle(SETTLING_MS);
  }

  settle(milliseconds: number): void {
    this.#settledAtMs = performance.now() + milliseconds;
  }

  close(): void {
    this.tenants.close();
    for (const cluster of this.#clusters.values()) cluster.close();
  }

  #named(name: string): BackendCluster {
    const cluster = this.#clusters.get(name);
    if (cluster === undefined) throw new GwctlError('USAGE', `unknown cluster "${name}" (known: ${[...this.#clusters.keys()].join(', ')})`);
    return cluster;
  }
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
