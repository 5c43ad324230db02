// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 11, flexible from 6. */
export interface ListOffsetsRequest {
  replicaId: number;
  isolationLevel: number;
  topics: ListOffsetsTopic[];
  timeoutMs: number;
  unknownTags?: UnknownTag[];
}

export interface ListOffsetsTopic {
  name: string;
  partitions: ListOffsetsPartition[];
  unknownTags?: UnknownTag[];
}

export interface ListOffsetsPartition {
  partitionIndex: number;
  currentLeaderEpoch: number;
  timestamp: bigint;
  unknownTags?: UnknownTag[];
}

const listOffsetsPartition: StructType = {
  name: 'ListOffsetsPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 11] },
    { name: 'currentLeaderEpoch', type: 'int32', versions: [4, 11], default: -1 },
    { name: 'timestamp', type: 'int64', versions: [1, 11] },
  ],
};

const listOffsetsTopic: StructType = {
  name: 'ListOffsetsTopic',
  struct: [
    { name: 'name', type: 'string', versions: [1, 11], entityType: 'topicName' },
    { name: 'partitions', type: { array: listOffsetsPartition }, versions: [1, 11] },
  ],
};

export const listOffsetsRequest: MessageSchema<ListOffsetsRequest> = {
  name: 'ListOffsetsRequest',
  apiKey: 2,
  kind: 'request',
  validVersions: [1, 11],
  flexibleFrom: 6,
  fields: [
    { name: 'replicaId', type: 'int32', versions: [1, 11], entityType: 'brokerId' },
    { name: 'isolationLevel', type: 'int8', versions: [2, 11] },
    { name: 'topics', type: { array: listOffsetsTopic }, versions: [1, 11] },
    { name: 'timeoutMs', type: 'int32', versions: [10, 11] },
  ],
};

/** Versions 1 to 11, flexible from 6. */
export interface ListOffsetsResponse {
  throttleTimeMs: number;
  topics: ListOffsetsTopicResponse[];
  unknownTags?: UnknownTag[];
}

export interface ListOffsetsTopicResponse {
  name: string;
  partitions: ListOffsetsPartitionResponse[];
  unknownTags?: UnknownTag[];
}

export interface ListOffsetsPartitionResponse {
  partitionIndex: number;
  errorCode: number;
  timestamp: bigint;
  offset: bigint;
  leaderEpoch: number;
  unknownTags?: UnknownTag[];
}

const listOffsetsPartitionResponse: StructType = {
  name: 'ListOffsetsPartitionResponse',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 11] },
    { name: 'errorCode', type: 'int16', versions: [1, 11] },
    { name: 'timestamp', type: 'int64', versions: [1, 11], default: -1n },
    { name: 'offset', type: 'int64', versions: [1, 11], default: -1n },
    { name: 'leaderEpoch', type: 'int32', versions: [4, 11], default: -1 },
  ],
};

const listOffsetsTopicResponse: StructType = {
  name: 'ListOffsetsTopicResponse',
  struct: [
    { name: 'name', type: 'string', versions: [1, 11], entityType: 'topicName' },
    { name: 'partitions', type: { array: listOffsetsPartitionResponse }, versions: [1, 11] },
  ],
};

export const listOffsetsResponse: MessageSchema<ListOffsetsResponse> = {
  name: 'ListOffsetsResponse',
  apiKey: 2,
  kind: 'response',
  validVersions: [1, 11],
  flexibleFrom: 6,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [2, 11] },
    { name: 'topics', type: { array: listOffsetsTopicResponse }, versions: [1, 11] },
  ],
};

/** API 2. */
export const listOffsetsApi: Api<ListOffsetsRequest, ListOffsetsResponse> = { key: 2, name: 'ListOffsets', request: listOffsetsRequest, response: listOffsetsResponse };
