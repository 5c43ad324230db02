import type { DescribedGroup } from '../wire/generated/describe-groups.ts';
import type { Draft } from '../wire/new-message.ts';
import type { KafkaRecord } from '../wire/record-batch.ts';
import type { Api } from '../wire/schema.ts';
import { describeConfigs, incrementalAlterConfigs, type ConfigChange, type ConfigDescription, type ConfigResource, type ConfigResult } from './administer-configs.ts';
import { deleteGroups, describeGroups, listGroups, type GroupListing } from './administer-groups.ts';
import { electPreferredLeaders, listReassignments, reassignPartitions, type PartitionId, type PartitionResult, type ReplicaOrder } from './administer-partitions.ts';
import { createTopics, deleteRecords, deleteTopics, type DeleteRecordsBound, type NewTopic, type TopicResult } from './administer-topics.ts';
import type { ApiVersionTable } from './api-versions-used.ts';
import { startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions, KafkaClientOptions } from './client-options.ts';
import { fetchRecords, type Fetched, type FetchOptions } from './fetch-records.ts';
import { offsetCommit, offsetDelete, offsetFetch, type CommittedOffset, type OffsetCommitOptions, type OffsetCommitResult, type OffsetFetchOptions, type OffsetToCommit } from './group-offsets.ts';
import { listOffsets, type OffsetAnswer, type OffsetQuery } from './list-offsets.ts';
import type { ClusterMetadata } from './metadata-cache.ts';
import { produceRecords, type ProduceOptions, type ProduceRecord } from './produce-records.ts';
import { readRecords, type ReadOptions } from './read-records.ts';
import { sendRequest, type SendCallOptions } from './send-request.ts';
import { Session, type Target } from './session.ts';

/**
 * A client of one cluster. Connects when it must, one connection a broker (long polls have their own), and again after a loss. Every call
 * ends by its time limit, retries included, and throws GwctlError: UNAVAILABLE (`details.errorCode` when a broker gave a code), CONFIG for
 * refused credentials, PROTOCOL for bytes that are not Kafka's.
 */
export interface KafkaClient {
  /** Fresh from a broker; all topics when none are named. Never creates topics. */
  metadata(topics?: readonly string[], options?: CallOptions): Promise<ClusterMetadata>;
  /** Leaders' broker ids by `topic-n`, as far as they are known, without asking for what is remembered: whoever is sent there wrongly calls `forgetLocations`. */
  leaders(topics: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, number>>;
  /** Of that broker, or of any. */
  apiVersions(brokerId?: number, options?: CallOptions): Promise<ApiVersionTable>;
  listOffsets(queries: readonly OffsetQuery[], options?: CallOptions): Promise<OffsetAnswer[]>;
  fetch(topic: string, partition: number, offset: bigint, options: FetchOptions): Promise<Fetched>;
  readRecords(topic: string, partition: number, from: bigint, options: ReadOptions): AsyncGenerator<KafkaRecord, void, undefined>;
  /** The offset of the first record. A Buffer is a batch that is made already. */
  produce(topic: string, partition: number, records: readonly ProduceRecord[] | Buffer, options?: ProduceOptions): Promise<bigint>;
  createTopics(topics: readonly NewTopic[], options?: CallOptions): Promise<TopicResult[]>;
  deleteTopics(names: readonly string[], options?: CallOptions): Promise<TopicResult[]>;
  deleteRecords(bounds: readonly DeleteRecordsBound[], options?: CallOptions): Promise<bigint[]>;
  describeConfigs(resources: readonly (ConfigResource & { readonly keys?: readonly string[] })[], options?: CallOptions): Promise<ConfigDescription[]>;
  incrementalAlterConfigs(changes: readonly ConfigChange[], options?: CallOptions): Promise<ConfigResult[]>;
  /** Partitions whose replicas are being moved. */
  listReassignments(options?: CallOptions): Promise<PartitionId[]>;
  reassignPartitions(orders: readonly ReplicaOrder[], options?: CallOptions): Promise<PartitionResult[]>;
  electPreferredLeaders(partitions: readonly PartitionId[], options?: CallOptions): Promise<PartitionResult[]>;
  /** The coordinator's broker id. */
  findCoordinator(kind: 'group' | 'transaction', key: string, options?: CallOptions): Promise<number>;
  /** The same for many at once; what follows for each of these does not ask again. */
  learnCoordinators(kind: 'group' | 'transaction', keys: readonly string[], options?: CallOptions): Promise<void>;
  listGroups(options?: CallOptions): Promise<GroupListing[]>;
  describeGroups(groupIds: readonly string[], options?: CallOptions): Promise<DescribedGroup[]>;
  deleteGroups(groupIds: readonly string[], options?: CallOptions): Promise<number[]>;
  offsetFetch(groupId: string, options?: OffsetFetchOptions): Promise<CommittedOffset[]>;
  offsetCommit(groupId: string, offsets: readonly OffsetToCommit[], options?: OffsetCommitOptions): Promise<OffsetCommitResult[]>;
  offsetDelete(groupId: string, partitions: readonly { readonly topic: string; readonly partition: number }[], options?: CallOptions): Promise<number[]>;
  /** Any other request, in the newest version that both sides know; sent once unless `errorCodeOf` is given. The answer's error codes are the caller's to read. */
  send<Req, Res>(target: Target, api: Api<Req, Res>, draft: Draft<Req>, options?: SendCallOptions<Res>): Promise<Res>;
  /** After an answer to `send` said that a leader or coordinator has moved. */
  forgetLocations(): void;
  /** Ends all connections; calls that wait are rejected. */
  close(): void;
}

/** Connects to nothing yet. The caller closes it. */
export function openKafkaClient(options: KafkaClientOptions): KafkaClient {
  const session = new Session(options);
  const start = (call: CallOptions = {}) => startDeadline(call, options.requestTimeoutMs);
  const forgetLocations = () => session.forgetLocations();
  return {
    metadata: (topics, call) => {
      const deadline = start(call);
      return withRetries(deadline, () => session.metadata.read(topics, deadline), forgetLocations);
    },
    leaders: async (topics, call) => {
      const deadline = start(call);
      const known = await withRetries(deadline, () => session.metadata.topics(topics, deadline), forgetLocations);
      return new Map(topics.flatMap((name) => (known.get(name)?.partitions ?? []).flatMap(({ index, leader }) => (leader < 0 ? [] : [[`${name}-${index}`, leader] as const]))));
    },
    apiVersions: (brokerId, call) => {
      const deadline = start(call);
      return withRetries(deadline, () => session.served(brokerId === undefined ? { kind: 'any' } : { kind: 'broker', brokerId }, deadline), forgetLocations);
    },
    findCoordinator: (kind, key, call) => {
      const deadline = start(call);
      return withRetries(deadline, () => session.coordinator(kind, key, deadline), forgetLocations);
    },
    learnCoordinators: (kind, keys, call) => session.learnCoordinators(kind, keys, start(call)),
    listOffsets: (queries, call) => listOffsets(session, queries, call),
    fetch: (topic, partition, offset, call) => fetchRecords(session, topic, partition, offset, call),
    readRecords: (topic, partition, from, call) => readRecords(session, topic, partition, from, call),
    produce: (topic, partition, records, call) => produceRecords(session, topic, partition, records, call),
    createTopics: (topics, call) => createTopics(session, topics, call),
    deleteTopics: (names, call) => deleteTopics(session, names, call),
    deleteRecords: (bounds, call) => deleteRecords(session, bounds, call),
    describeConfigs: (resources, call) => describeConfigs(session, resources, call),
    incrementalAlterConfigs: (changes, call) => incrementalAlterConfigs(session, changes, call),
    listReassignments: (call) => listReassignments(session, call),
    reassignPartitions: (orders, call) => reassignPartitions(session, orders, call),
    electPreferredLeaders: (partitions, call) => electPreferredLeaders(session, partitions, call),
    listGroups: (call) => listGroups(session, call),
    describeGroups: (groupIds, call) => describeGroups(session, groupIds, call),
    deleteGroups: (groupIds, call) => deleteGroups(session, groupIds, call),
    offsetFetch: (groupId, call) => offsetFetch(session, groupId, call),
    offsetCommit: (groupId, offsets, call) => offsetCommit(session, groupId, offsets, call),
    offsetDelete: (groupId, partitions, call) => offsetDelete(session, groupId, partitions, call),
    send: (target, api, draft, call) => sendRequest(session, target, api, draft, call),
    forgetLocations,
    close: () => session.close(),
  };
}
