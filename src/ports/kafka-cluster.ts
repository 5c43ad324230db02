import type { StateLog } from '../arbiter/state-log.ts';

/** One Kafka cluster as gwctl looks at it. Reads only, but for the offsets of groups, leaders and `stateLog`; what cannot be reached is UNAVAILABLE. */
export interface KafkaCluster {
  readonly name: string;
  /** Where switches are decided. */
  readonly stateLog: StateLog;
  describe(): Promise<ClusterDescription>;
  /** What its brokers allow and serve, and what is under way there. */
  examine(): Promise<ClusterDetails>;
  /** The settings of each topic that were set on the topic itself, not inherited. */
  topicConfigs(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** The first offset that each partition still has. A topic that is not there is left out, here and below. */
  startOffsets(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** Where the next readable record of each partition will be: the last stable offset. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** The end of everything, open transactions included: what is beyond `endOffsets` waits for one of them to end. */
  highWatermarks(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** Data records (no transaction markers, nothing aborted) from an offset on, at most `limit`. */
  readRecords(partition: TopicPartition, from: bigint, limit: number): Promise<readonly DataRecord[]>;
  /** Data records with `from` <= offset < `until` by what replication keeps of them, at most `limit`. */
  fingerprints(partition: TopicPartition, from: bigint, until: bigint, limit: number): Promise<readonly RecordFingerprint[]>;
  /** The same for short ranges of many partitions at once, one for each; those that could not be had like this are left out. */
  fingerprintsOf(ranges: readonly OffsetRange[]): Promise<ReadonlyMap<string, readonly RecordFingerprint[]>>;
  /** The last data record before the end of a partition; undefined when it has none. */
  lastRecord(partition: TopicPartition): Promise<DataRecord | undefined>;
  /** The last `count` data records before the end, in order; fewer when there are not so many. */
  lastRecords(partition: TopicPartition, count: number): Promise<readonly DataRecord[]>;
  /** The last data record before the end of each partition, by what replication keeps of it; a partition that has none is left out. */
  lastFingerprints(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, RecordFingerprint>>;
  /**
   * Everything that any consumer group has committed; a group that cannot be read is told apart and hides no other. Where a transaction is about to
   * change an offset it is the one before; with `isFinal` the transaction's end is waited for, a few seconds.
   */
  groupOffsets(options?: { readonly isFinal?: boolean }): Promise<CommittedOffsets>;
  /** Consumer groups that have members at this moment. */
  activeGroups(): Promise<readonly string[]>;
  /** Writes positions of groups without members, reads them back, and answers with those that are not as they should be. */
  commitGroupOffsets(offsets: readonly GroupOffset[]): Promise<readonly RefusedOffset[]>;
  /** As if the groups had never committed there. Answers with those that are still there. */
  deleteGroupOffsets(offsets: readonly GroupPartition[]): Promise<readonly RefusedOffset[]>;
  /**
   * Lets other replicas lead, each of which must be one that is in sync; nothing is copied. What the cluster refuses is left as it is, as are partitions
   * whose replicas are being moved. When it throws, or the signal aborts, some may have changed.
   */
  electLeaders(wanted: readonly WantedLeader[], signal: AbortSignal): Promise<void>;
  /** Every data record of a topic from its start, all partitions: for small internal topics. */
  readAll(topic: string): Promise<readonly DataRecord[]>;
  close(): Promise<void>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface WantedLeader extends TopicPartition {
  readonly leader: number;
  readonly replicas: readonly number[];
}

/** `from` <= offset < `until` */
export interface OffsetRange extends TopicPartition {
  readonly from: bigint;
  readonly until: bigint;
}

export interface GroupPartition extends TopicPartition {
  readonly group: string;
}

export interface GroupOffset extends GroupPartition {
  /** Where the group goes on reading. */
  readonly offset: bigint;
  readonly metadata: string;
}

export interface CommittedOffsets {
  readonly offsets: readonly GroupOffset[];
  readonly unread: readonly { readonly group: string; readonly why: string }[];
}

export interface RefusedOffset extends GroupPartition {
  readonly why: string;
}

export interface RecordFingerprint {
  readonly offset: bigint;
  /** Of time, key and value. */
  readonly hash: string;
}

export interface DataRecord {
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface ClusterDescription {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly number[];
  readonly topics: readonly TopicDescription[];
}

export interface TopicDescription {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: readonly PartitionDescription[];
}

export interface ClusterDetails {
  /** Largest batch, in bytes, that every broker takes in topics that do not say otherwise; undefined: it could not be read. */
  readonly messageMaxBytes: number | undefined;
  /** By broker id and API key, the versions. */
  readonly apis: ReadonlyMap<number, ReadonlyMap<number, { readonly min: number; readonly max: number }>>;
  readonly activeGroups: readonly string[];
  /** Those that are open for longer than some seconds. */
  readonly transactions: readonly OpenTransaction[];
  /** The clock of the controller; undefined where it does not tell. */
  readonly clock: ClockReading | undefined;
}

export interface OpenTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  /** By the broker's clock. */
  readonly startedAt: Date;
}

/** What a clock showed at some moment between two of our own, all in milliseconds since the epoch. */
export interface ClockReading {
  readonly shownMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

export interface PartitionDescription {
  readonly index: number;
  /** -1: offline. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** The key of a group's position in maps. */
export function groupKey(one: GroupPartition): string {
  return `${one.group}\0${partitionKey(one)}`;
}

/** The key of a partition in maps. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
