// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 2 to 10, flexible from 8. */
export interface OffsetCommitRequest {
  groupId: string;
  generationIdOrMemberEpoch: number;
  memberId: string;
  groupInstanceId: string | null;
  retentionTimeMs: bigint;
  topics: OffsetCommitRequestTopic[];
  unknownTags?: UnknownTag[];
}

export interface OffsetCommitRequestTopic {
  name: string;
  topicId: string;
  partitions: OffsetCommitRequestPartition[];
  unknownTags?: UnknownTag[];
}

export interface OffsetCommitRequestPartition {
  partitionIndex: number;
  committedOffset: bigint;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
  unknownTags?: UnknownTag[];
}

const offsetCommitRequestPartition: StructType = {
  name: 'OffsetCommitRequestPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [2, 10] },
    { name: 'committedOffset', type: 'int64', versions: [2, 10] },
    { name: 'committedLeaderEpoch', type: 'int32', versions: [6, 10], default: -1 },
    { name: 'committedMetadata', type: 'string', versions: [2, 10], nullable: [2, 10] },
  ],
};

const offsetCommitRequestTopic: StructType = {
  name: 'OffsetCommitRequestTopic',
  struct: [
    { name: 'name', type: 'string', versions: [2, 9], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [10, 10] },
    { name: 'partitions', type: { array: offsetCommitRequestPartition }, versions: [2, 10] },
  ],
};

export const offsetCommitRequest: MessageSchema<OffsetCommitRequest> = {
  name: 'OffsetCommitRequest',
  apiKey: 8,
  kind: 'request',
  validVersions: [2, 10],
  flexibleFrom: 8,
  fields: [
    { name: 'groupId', type: 'string', versions: [2, 10], entityType: 'groupId' },
    { name: 'generationIdOrMemberEpoch', type: 'int32', versions: [2, 10], default: -1 },
    { name: 'memberId', type: 'string', versions: [2, 10] },
    { name: 'groupInstanceId', type: 'string', versions: [7, 10], nullable: [7, 10], default: null },
    { name: 'retentionTimeMs', type: 'int64', versions: [2, 4], default: -1n },
    { name: 'topics', type: { array: offsetCommitRequestTopic }, versions: [2, 10] },
  ],
};

/** Versions 2 to 10, flexible from 8. */
export interface OffsetCommitResponse {
  throttleTimeMs: number;
  topics: OffsetCommitResponseTopic[];
  unknownTags?: UnknownTag[];
}

export interface OffsetCommitResponseTopic {
  name: string;
  topicId: string;
  partitions: OffsetCommitResponsePartition[];
  unknownTags?: UnknownTag[];
}

export interface OffsetCommitResponsePartition {
  partitionIndex: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const offsetCommitResponsePartition: StructType = {
  name: 'OffsetCommitResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [2, 10] },
    { name: 'errorCode', type: 'int16', versions: [2, 10] },
  ],
};

const offsetCommitResponseTopic: StructType = {
  name: 'OffsetCommitResponseTopic',
  struct: [
    { name: 'name', type: 'string', versions: [2, 9], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [10, 10] },
    { name: 'partitions', type: { array: offsetCommitResponsePartition }, versions: [2, 10] },
  ],
};

export const offsetCommitResponse: MessageSchema<OffsetCommitResponse> = {
  name: 'OffsetCommitResponse',
  apiKey: 8,
  kind: 'response',
  validVersions: [2, 10],
  flexibleFrom: 8,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [3, 10] },
    { name: 'topics', type: { array: offsetCommitResponseTopic }, versions: [2, 10] },
  ],
};

/** API 8. */
export const offsetCommitApi: Api<OffsetCommitRequest, OffsetCommitResponse> = { key: 8, name: 'OffsetCommit', request: offsetCommitRequest, response: offsetCommitResponse };
