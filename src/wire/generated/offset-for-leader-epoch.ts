// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 2 to 4, flexible from 4. */
export interface OffsetForLeaderEpochRequest {
  replicaId: number;
  topics: OffsetForLeaderTopic[];
  unknownTags?: UnknownTag[];
}

export interface OffsetForLeaderTopic {
  topic: string;
  partitions: OffsetForLeaderPartition[];
  unknownTags?: UnknownTag[];
}

export interface OffsetForLeaderPartition {
  partition: number;
  currentLeaderEpoch: number;
  leaderEpoch: number;
  unknownTags?: UnknownTag[];
}

const offsetForLeaderPartition: StructType = {
  name: 'OffsetForLeaderPartition',
  struct: [
    { name: 'partition', type: 'int32', versions: [2, 4] },
    { name: 'currentLeaderEpoch', type: 'int32', versions: [2, 4], default: -1 },
    { name: 'leaderEpoch', type: 'int32', versions: [2, 4] },
  ],
};

const offsetForLeaderTopic: StructType = {
  name: 'OffsetForLeaderTopic',
  struct: [
    { name: 'topic', type: 'string', versions: [2, 4], entityType: 'topicName' },
    { name: 'partitions', type: { array: offsetForLeaderPartition }, versions: [2, 4] },
  ],
};

export const offsetForLeaderEpochRequest: MessageSchema<OffsetForLeaderEpochRequest> = {
  name: 'OffsetForLeaderEpochRequest',
  apiKey: 23,
  kind: 'request',
  validVersions: [2, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'replicaId', type: 'int32', versions: [3, 4], default: -2, entityType: 'brokerId' },
    { name: 'topics', type: { array: offsetForLeaderTopic }, versions: [2, 4] },
  ],
};

/** Versions 2 to 4, flexible from 4. */
export interface OffsetForLeaderEpochResponse {
  throttleTimeMs: number;
  topics: OffsetForLeaderTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface OffsetForLeaderTopicResult {
  topic: string;
  partitions: EpochEndOffset[];
  unknownTags?: UnknownTag[];
}

export interface EpochEndOffset {
  errorCode: number;
  partition: number;
  leaderEpoch: number;
  endOffset: bigint;
  unknownTags?: UnknownTag[];
}

const epochEndOffset: StructType = {
  name: 'EpochEndOffset',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [2, 4] },
    { name: 'partition', type: 'int32', versions: [2, 4] },
    { name: 'leaderEpoch', type: 'int32', versions: [2, 4], default: -1 },
    { name: 'endOffset', type: 'int64', versions: [2, 4], default: -1n },
  ],
};

const offsetForLeaderTopicResult: StructType = {
  name: 'OffsetForLeaderTopicResult',
  struct: [
    { name: 'topic', type: 'string', versions: [2, 4], entityType: 'topicName' },
    { name: 'partitions', type: { array: epochEndOffset }, versions: [2, 4] },
  ],
};

export const offsetForLeaderEpochResponse: MessageSchema<OffsetForLeaderEpochResponse> = {
  name: 'OffsetForLeaderEpochResponse',
  apiKey: 23,
  kind: 'response',
  validVersions: [2, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [2, 4] },
    { name: 'topics', type: { array: offsetForLeaderTopicResult }, versions: [2, 4] },
  ],
};

/** API 23. */
export const offsetForLeaderEpochApi: Api<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = { key: 23, name: 'OffsetForLeaderEpoch', request: offsetForLeaderEpochRequest, response: offsetForLeaderEpochResponse };
