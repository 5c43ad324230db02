import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { metadataApi, type MetadataRequest, type MetadataResponse, type MetadataResponseTopic } from '../wire/generated/metadata.ts';
import type { Draft } from '../wire/new-message.ts';
import { kafkaError, type CallDeadline } from './call-deadline.ts';

export interface ClusterMetadata {
  /** Null where the broker does not tell. */
  readonly clusterId: string | null;
  readonly controllerId: number;
  readonly brokers: readonly BrokerNode[];
  readonly topics: readonly TopicMetadata[];
}

export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface TopicMetadata {
  readonly name: string;
  /** ZERO_UUID where the broker does not tell. */
  readonly topicId: string;
  readonly internal: boolean;
  /** 0, or why the rest is empty (3: there is no such topic). */
  readonly errorCode: number;
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly index: number;
  /** -1 while there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offline: readonly number[];
  readonly errorCode: number;
}

type SendMetadata = (draft: Draft<MetadataRequest>, api: typeof metadataApi, deadline: CallDeadline) => Promise<MetadataResponse>;

/** Where brokers and leaders are, remembered until `forget`. */
export class MetadataCache {
  readonly #send: SendMetadata;
  readonly #brokers = new Map<number, BrokerNode>();
  readonly #topics = new Map<string, TopicMetadata>();
  /** When each was asked for, and the brokers, on the clock of performance.now(). */
  readonly #askedAtMs = new Map<string, number>();
  #brokersAskedAtMs = Number.NEGATIVE_INFINITY;
  readonly #asking = new Map<string, Promise<ClusterMetadata>>();
  #isComplete = false;

  constructor(send: SendMetadata) {
    this.#send = send;
  }

  /** Asks a broker, whatever is remembered; all topics when none are named. Topics are never created by this. */
  async read(topics: readonly string[] | undefined, deadline: CallDeadline): Promise<ClusterMetadata> {
    const askedAtMs = performance.now();
    const answer = await this.#send({ topics: topics === undefined ? null : topics.map((name) => ({ name })), allowAutoTopicCreation: false }, metadataApi, deadline);
    const metadata: ClusterMetadata = {
      clusterId: answer.clusterId,
      controllerId: answer.controllerId,
      brokers: answer.brokers.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack })),
      topics: answer.topics.map(readTopic),
    };
    this.#brokers.clear();
    for (const broker of metadata.brokers) this.#brokers.set(broker.id, broker);
    for (const topic of metadata.topics) {
      this.#topics.set(topic.name, topic);
      this.#askedAtMs.set(topic.name, askedAtMs);
    }
    this.#brokersAskedAtMs = askedAtMs;
    this.#isComplete = true;
    return metadata;
  }

  /** From memory, or, for the topics that are not in it, from a broker. */
  async topics(names: readonly string[], deadline: CallDeadline): Promise<ReadonlyMap<string, TopicMetadata>> {
    const missing = names.filter((name) => !this.#topics.has(name));
    if (missing.length > 0) await this.#readOnce(missing, deadline);
    return this.#topics;
  }

  async brokers(deadline: CallDeadline): Promise<ReadonlyMap<number, BrokerNode>> {
    if (!this.#isComplete) await this.#readOnce([], deadline);
    return this.#brokers;
  }

  /** The leader's broker id. Throws UNAVAILABLE with `errorCode`: a topic that is not there is final, a missing leader is not. */
  async leader(topic: string, partition: number, deadline: CallDeadline): Promise<number> {
    const found = (await this.topics([topic], deadline)).get(topic);
    const at = found?.partitions.find(({ index }) => index === partition);
    if (found !== undefined && found.errorCode === ERROR.NONE && at !== undefined && at.leader >= 0) return at.leader;
    const errorCode = found !== undefined && found.errorCode !== ERROR.NONE ? found.errorCode : at === undefined ? ERROR.UNKNOWN_TOPIC_OR_PARTITION : ERROR.LEADER_NOT_AVAILABLE;
    const reason = kafkaError(`${topic}-${partition}`, errorCode);
    if (errorCode !== ERROR.UNKNOWN_TOPIC_OR_PARTITION) throw reason;
    this.#topics.delete(topic);
    this.#askedAtMs.delete(topic);
    throw new GwctlError('UNAVAILABLE', reason.message, { details: { errorCode, final: true } });
  }

  /** A broker that an answer named: a coordinator, for one. */
  addBroker(broker: BrokerNode): void {
    this.#brokers.set(broker.id, broker);
  }

  knownBrokers(): readonly BrokerNode[] {
    return [...this.#brokers.values()];
  }

  /** The brokers' addresses stay known as places to ask; everything is asked again that was not asked after this moment. */
  forget(untilMs = Number.POSITIVE_INFINITY): void {
    for (const name of [...this.#topics.keys()]) {
      if ((this.#askedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) > untilMs) continue;
      this.#topics.delete(name);
      this.#askedAtMs.delete(name);
    }
    if (this.#brokersAskedAtMs <= untilMs) this.#isComplete = false;
  }

  /** Callers that miss the same at the same time share one request. */
  #readOnce(names: readonly string[], deadline: CallDeadline): Promise<ClusterMetadata> {
    const key = names.join(' ');
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    const mine = this.read(names, deadline).finally(() => this.#asking.delete(key));
    this.#asking.set(key, mine);
    return mine;
  }
}

function readTopic(topic: MetadataResponseTopic): TopicMetadata {
  return {
    name: topic.name ?? '',
    topicId: topic.topicId,
    internal: topic.isInternal,
    errorCode: topic.errorCode,
    partitions: topic.partitions
      .map((one) => ({
        index: one.partitionIndex, leader: one.leaderId, leaderEpoch: one.leaderEpoch, replicas: one.replicaNodes, isr: one.isrNodes,
        offline: one.offlineReplicas, errorCode: one.errorCode,
      }))
      .sort((a, b) => a.index - b.index),
  };
}
