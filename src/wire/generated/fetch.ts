// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 4 to 18, flexible from 12. */
export interface FetchRequest {
  clusterId: string | null;
  replicaId: number;
  replicaState: ReplicaState;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  sessionId: number;
  sessionEpoch: number;
  topics: FetchTopic[];
  forgottenTopicsData: ForgottenTopic[];
  rackId: string;
  unknownTags?: UnknownTag[];
}

export interface ForgottenTopic {
  topic: string;
  topicId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface FetchTopic {
  topic: string;
  topicId: string;
  partitions: FetchPartition[];
  unknownTags?: UnknownTag[];
}

export interface FetchPartition {
  partition: number;
  currentLeaderEpoch: number;
  fetchOffset: bigint;
  lastFetchedEpoch: number;
  logStartOffset: bigint;
  partitionMaxBytes: number;
  replicaDirectoryId: string;
  highWatermark: bigint;
  unknownTags?: UnknownTag[];
}

export interface ReplicaState {
  replicaId: number;
  replicaEpoch: bigint;
  unknownTags?: UnknownTag[];
}

const replicaState: StructType = {
  name: 'ReplicaState',
  struct: [
    { name: 'replicaId', type: 'int32', versions: [15, 18], default: -1, entityType: 'brokerId' },
    { name: 'replicaEpoch', type: 'int64', versions: [15, 18], default: -1n },
  ],
};

const fetchPartition: StructType = {
  name: 'FetchPartition',
  struct: [
    { name: 'partition', type: 'int32', versions: [4, 18] },
    { name: 'currentLeaderEpoch', type: 'int32', versions: [9, 18], default: -1 },
    { name: 'fetchOffset', type: 'int64', versions: [4, 18] },
    { name: 'lastFetchedEpoch', type: 'int32', versions: [12, 18], default: -1 },
    { name: 'logStartOffset', type: 'int64', versions: [5, 18], default: -1n },
    { name: 'partitionMaxBytes', type: 'int32', versions: [4, 18] },
    { name: 'replicaDirectoryId', type: 'uuid', versions: [17, 18], tag: 0, tagged: [17, 18] },
    { name: 'highWatermark', type: 'int64', versions: [18, 18], tag: 1, tagged: [18, 18], default: 9223372036854775807n },
  ],
};

const fetchTopic: StructType = {
  name: 'FetchTopic',
  struct: [
    { name: 'topic', type: 'string', versions: [4, 12], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [13, 18] },
    { name: 'partitions', type: { array: fetchPartition }, versions: [4, 18] },
  ],
};

const forgottenTopic: StructType = {
  name: 'ForgottenTopic',
  struct: [
    { name: 'topic', type: 'string', versions: [7, 12], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [13, 18] },
    { name: 'partitions', type: { array: 'int32' }, versions: [7, 18] },
  ],
};

export const fetchRequest: MessageSchema<FetchRequest> = {
  name: 'FetchRequest',
  apiKey: 1,
  kind: 'request',
  validVersions: [4, 18],
  flexibleFrom: 12,
  fields: [
    { name: 'clusterId', type: 'string', versions: [12, 18], nullable: [12, 18], tag: 0, tagged: [12, 18], default: null },
    { name: 'replicaId', type: 'int32', versions: [4, 14], default: -1, entityType: 'brokerId' },
    { name: 'replicaState', type: replicaState, versions: [15, 18], tag: 1, tagged: [15, 18] },
    { name: 'maxWaitMs', type: 'int32', versions: [4, 18] },
    { name: 'minBytes', type: 'int32', versions: [4, 18] },
    { name: 'maxBytes', type: 'int32', versions: [4, 18], default: 2147483647 },
    { name: 'isolationLevel', type: 'int8', versions: [4, 18] },
    { name: 'sessionId', type: 'int32', versions: [7, 18] },
    { name: 'sessionEpoch', type: 'int32', versions: [7, 18], default: -1 },
    { name: 'topics', type: { array: fetchTopic }, versions: [4, 18] },
    { name: 'forgottenTopicsData', type: { array: forgottenTopic }, versions: [7, 18] },
    { name: 'rackId', type: 'string', versions: [11, 18] },
  ],
};

/** Versions 4 to 18, flexible from 12. */
export interface FetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  sessionId: number;
  responses: FetchableTopicResponse[];
  nodeEndpoints: NodeEndpoint[];
  unknownTags?: UnknownTag[];
}

export interface NodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
  unknownTags?: UnknownTag[];
}

export interface FetchableTopicResponse {
  topic: string;
  topicId: string;
  partitions: PartitionData[];
  unknownTags?: UnknownTag[];
}

export interface PartitionData {
  partitionIndex: number;
  errorCode: number;
  highWatermark: bigint;
  lastStableOffset: bigint;
  logStartOffset: bigint;
  divergingEpoch: EpochEndOffset;
  currentLeader: LeaderIdAndEpoch;
  snapshotId: SnapshotId;
  abortedTransactions: AbortedTransaction[] | null;
  preferredReadReplica: number;
  records: Buffer | null;
  unknownTags?: UnknownTag[];
}

export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: bigint;
  unknownTags?: UnknownTag[];
}

export interface SnapshotId {
  endOffset: bigint;
  epoch: number;
  unknownTags?: UnknownTag[];
}

export interface LeaderIdAndEpoch {
  leaderId: number;
  leaderEpoch: number;
  unknownTags?: UnknownTag[];
}

export interface EpochEndOffset {
  epoch: number;
  endOffset: bigint;
  unknownTags?: UnknownTag[];
}

const epochEndOffset: StructType = {
  name: 'EpochEndOffset',
  struct: [
    { name: 'epoch', type: 'int32', versions: [12, 18], default: -1 },
    { name: 'endOffset', type: 'int64', versions: [12, 18], default: -1n },
  ],
};

const leaderIdAndEpoch: StructType = {
  name: 'LeaderIdAndEpoch',
  struct: [
    { name: 'leaderId', type: 'int32', versions: [12, 18], default: -1, entityType: 'brokerId' },
    { name: 'leaderEpoch', type: 'int32', versions: [12, 18], default: -1 },
  ],
};

const snapshotId: StructType = {
  name: 'SnapshotId',
  struct: [
    { name: 'endOffset', type: 'int64', versions: [4, 18], default: -1n },
    { name: 'epoch', type: 'int32', versions: [4, 18], default: -1 },
  ],
};

const abortedTransaction: StructType = {
  name: 'AbortedTransaction',
  struct: [
    { name: 'producerId', type: 'int64', versions: [4, 18], entityType: 'producerId' },
    { name: 'firstOffset', type: 'int64', versions: [4, 18] },
  ],
};

const partitionData: StructType = {
  name: 'PartitionData',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [4, 18] },
    { name: 'errorCode', type: 'int16', versions: [4, 18] },
    { name: 'highWatermark', type: 'int64', versions: [4, 18] },
    { name: 'lastStableOffset', type: 'int64', versions: [4, 18], default: -1n },
    { name: 'logStartOffset', type: 'int64', versions: [5, 18], default: -1n },
    { name: 'divergingEpoch', type: epochEndOffset, versions: [12, 18], tag: 0, tagged: [12, 18] },
    { name: 'currentLeader', type: leaderIdAndEpoch, versions: [12, 18], tag: 1, tagged: [12, 18] },
    { name: 'snapshotId', type: snapshotId, versions: [12, 18], tag: 2, tagged: [12, 18] },
    { name: 'abortedTransactions', type: { array: abortedTransaction }, versions: [4, 18], nullable: [4, 18] },
    { name: 'preferredReadReplica', type: 'int32', versions: [11, 18], default: -1, entityType: 'brokerId' },
    { name: 'records', type: 'records', versions: [4, 18], nullable: [4, 18] },
  ],
};

const fetchableTopicResponse: StructType = {
  name: 'FetchableTopicResponse',
  struct: [
    { name: 'topic', type: 'string', versions: [4, 12], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [13, 18] },
    { name: 'partitions', type: { array: partitionData }, versions: [4, 18] },
  ],
};

const nodeEndpoint: StructType = {
  name: 'NodeEndpoint',
  struct: [
    { name: 'nodeId', type: 'int32', versions: [16, 18], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [16, 18] },
    { name: 'port', type: 'int32', versions: [16, 18] },
    { name: 'rack', type: 'string', versions: [16, 18], nullable: [16, 18], default: null },
  ],
};

export const fetchResponse: MessageSchema<FetchResponse> = {
  name: 'FetchResponse',
  apiKey: 1,
  kind: 'response',
  validVersions: [4, 18],
  flexibleFrom: 12,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [4, 18] },
    { name: 'errorCode', type: 'int16', versions: [7, 18] },
    { name: 'sessionId', type: 'int32', versions: [7, 18] },
    { name: 'responses', type: { array: fetchableTopicResponse }, versions: [4, 18] },
    { name: 'nodeEndpoints', type: { array: nodeEndpoint }, versions: [16, 18], tag: 0, tagged: [16, 18] },
  ],
};

/** API 1. */
export const fetchApi: Api<FetchRequest, FetchResponse> = { key: 1, name: 'Fetch', request: fetchRequest, response: fetchResponse };
