import type { KafkaClient } from '../client/kafka-client.ts';
import { GwctlError } from '../shared/errors.ts';
import type { VirtualClusterInfo } from '../shared/admin-api.ts';
import type { CreateTopicsRequest, CreateTopicsResponse } from '../wire/generated/create-topics.ts';
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../wire/generated/delete-topics.ts';
import { CompactedTopic } from './compacted-topic.ts';
import type { Log } from './log.ts';
import { refuseVirtualCluster, TenantNames } from './tenant-names.ts';
import { aliasesOf, TOPIC_MAPPINGS, withCreatedTopics, withDeletedTopics, type TopicMappings } from './topic-mappings.ts';

/** Which virtual clusters there are, so that no later name can be a prefix of one (D11). Key: the name. */
export const VIRTUAL_CLUSTERS = '_virtualClusters';

/** gwctl's own: its canary topic lives here. Not a name that a user can take. */
export const CANARY_VIRTUAL_CLUSTER = '_gwctl';
export const CANARY_TOPIC = '_gwctlcanary';

interface VirtualClusterRecord {
  readonly createdAt: string;
}

interface Stores {
  readonly clusterName: string;
  readonly mappings: CompactedTopic<TopicMappings>;
  readonly virtualClusters: CompactedTopic<VirtualClusterRecord>;
}

/**
 * The virtual clusters and the names of their topics, as the active cluster's `_topicMappings` and `_virtualClusters` say; followed while
 * other nodes change them, and read again from the other cluster at a flip.
 */
export class Tenants {
  readonly #log: Log;
  readonly #names = new Map<string, TenantNames>();
  #stores: Stores | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Reads both topics of that cluster to their end. Nothing changes yet. */
  async load(clusterName: string, client: KafkaClient): Promise<Stores> {
    const mappings = new CompactedTopic<TopicMappings>(TOPIC_MAPPINGS, client, this.#log, () => this.#refresh(mappings));
    const virtualClusters = new CompactedTopic<VirtualClusterRecord>(VIRTUAL_CLUSTERS, client, this.#log, () => {});
    await Promise.all([mappings.catchUp(), virtualClusters.catchUp()]);
    return { clusterName, mappings, virtualClusters };
  }

  /** Makes what was loaded the truth, and follows it from here on. */
  use(stores: Stores): void {
    this.#stores?.mappings.close();
    this.#stores?.virtualClusters.close();
    this.#stores = stores;
    this.#refresh(stores.mappings);
    void stores.mappings.follow();
    void stores.virtualClusters.follow();
  }

  close(): void {
    this.#stores?.mappings.close();
    this.#stores?.virtualClusters.close();
  }

  namesOf(virtualCluster: string): TenantNames {
    let names = this.#names.get(virtualCluster);
    if (names === undefined) {
      names = new TenantNames(virtualCluster);
      names.setAliases(aliasesOf(this.#stores?.mappings.values.get(virtualCluster)));
      this.#names.set(virtualCluster, names);
    }
    return names;
  }

  get known(): ReadonlySet<string> {
    const { mappings, virtualClusters } = this.#current;
    return new Set([...virtualClusters.values.keys(), ...mappings.values.keys()]);
  }

  list(): VirtualClusterInfo[] {
    return [...this.known]
      .filter((name) => name !== CANARY_VIRTUAL_CLUSTER)
      .sort()
      .map((name) => ({ name, topics: aliasesOf(this.#current.mappings.values.get(name)) }));
  }

  /** Makes sure that the virtual cluster exists. Throws USAGE for a name that cannot be one. */
  async register(name: string, now = new Date()): Promise<void> {
    const { virtualClusters } = this.#current;
    if (virtualClusters.values.has(name)) return;
    await virtualClusters.catchUp();
    if (name !== CANARY_VIRTUAL_CLUSTER) {
      const refusal = refuseVirtualCluster(name, [...this.known].filter((other) => other !== CANARY_VIRTUAL_CLUSTER));
      if (refusal !== undefined) throw new GwctlError('USAGE', refusal);
    }
    await virtualClusters.update(name, (current) => (current === undefined ? { createdAt: now.toISOString() } : undefined));
  }

  async topicsCreated(virtualCluster: string, request: CreateTopicsRequest, response: CreateTopicsResponse): Promise<void> {
    const { mappings, clusterName } = this.#current;
    const names = this.namesOf(virtualCluster);
    await mappings.update(virtualCluster, (current) => withCreatedTopics(current, request, response, names, clusterName, new Date()));
  }

  async topicsDeleted(virtualCluster: string, request: DeleteTopicsRequest, response: DeleteTopicsResponse): Promise<void> {
    const names = this.namesOf(virtualCluster);
    await this.#current.mappings.update(virtualCluster, (current) => withDeletedTopics(current, request, response, names));
  }

  get #current(): Stores {
    if (this.#stores === undefined) throw new GwctlError('INTERNAL', 'virtual clusters are used before they were loaded');
    return this.#stores;
  }

  #refresh(mappings: CompactedTopic<TopicMappings>): void {
    if (this.#stores?.mappings !== mappings) return;
    for (const [virtualCluster, names] of this.#names) names.setAliases(aliasesOf(mappings.values.get(virtualCluster)));
  }
}
