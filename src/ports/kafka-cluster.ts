import type { StateLog } from '../arbiter/state-log.ts';

/** One Kafka cluster as gwctl looks at it. Reads only, but for `commitGroupOffsets` and `stateLog`; what cannot be reached is UNAVAILABLE. */
export interface KafkaCluster {
  readonly name: string;
  /** Where switches are decided. */
  readonly stateLog: StateLog;
  describe(): Promise<ClusterDescription>;
  /** The settings of each topic that were set on the topic itself, not inherited. */
  topicConfigs(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** Where the next readable record of each partition will be: the last stable offset. */
  endOffsets(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** The end of everything, open transactions included: what is beyond `endOffsets` waits for one of them to end. */
  highWatermarks(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>>;
  /** Data records (no transaction markers, nothing aborted) from an offset on, at most `limit`. */
  readRecords(partition: TopicPartition, from: bigint, limit: number): Promise<readonly DataRecord[]>;
  /** The last data record before the end of a partition; undefined when it has none. */
  lastRecord(partition: TopicPartition): Promise<DataRecord | undefined>;
  /** The last `count` data records before the end, in order; fewer when there are not so many. */
  lastRecords(partition: TopicPartition, count: number): Promise<readonly DataRecord[]>;
  /** Everything that any consumer group has committed. */
  groupOffsets(): Promise<readonly GroupOffset[]>;
  /** Writes positions of groups without members, reads them back, and answers with those that are not as they should be. */
  commitGroupOffsets(offsets: readonly GroupOffset[]): Promise<readonly GroupOffset[]>;
  /** Every data record of a topic from its start, all partitions: for small internal topics. */
  readAll(topic: string): Promise<readonly DataRecord[]>;
  close(): Promise<void>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface GroupOffset extends TopicPartition {
  readonly group: string;
  /** Where the group goes on reading. */
  readonly offset: bigint;
  readonly metadata: string;
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

export interface PartitionDescription {
  readonly index: number;
  /** -1: offline. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

/** The key of a partition in maps. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
