// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 10, flexible from 6. */
export interface OffsetFetchRequest {
  groupId: string;
  topics: OffsetFetchRequestTopic[] | null;
  groups: OffsetFetchRequestGroup[];
  requireStable: boolean;
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchRequestGroup {
  groupId: string;
  memberId: string | null;
  memberEpoch: number;
  topics: OffsetFetchRequestTopics[] | null;
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchRequestTopics {
  name: string;
  topicId: string;
  partitionIndexes: number[];
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchRequestTopic {
  name: string;
  partitionIndexes: number[];
  unknownTags?: UnknownTag[];
}

const offsetFetchRequestTopic: StructType = {
  name: 'OffsetFetchRequestTopic',
  struct: [
    { name: 'name', type: 'string', versions: [1, 7], entityType: 'topicName' },
    { name: 'partitionIndexes', type: { array: 'int32' }, versions: [1, 7] },
  ],
};

const offsetFetchRequestTopics: StructType = {
  name: 'OffsetFetchRequestTopics',
  struct: [
    { name: 'name', type: 'string', versions: [8, 9], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [10, 10] },
    { name: 'partitionIndexes', type: { array: 'int32' }, versions: [8, 10] },
  ],
};

const offsetFetchRequestGroup: StructType = {
  name: 'OffsetFetchRequestGroup',
  struct: [
    { name: 'groupId', type: 'string', versions: [8, 10], entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [9, 10], nullable: [9, 10], default: null },
    { name: 'memberEpoch', type: 'int32', versions: [9, 10], default: -1 },
    { name: 'topics', type: { array: offsetFetchRequestTopics }, versions: [8, 10], nullable: [8, 10] },
  ],
};

export const offsetFetchRequest: MessageSchema<OffsetFetchRequest> = {
  name: 'OffsetFetchRequest',
  apiKey: 9,
  kind: 'request',
  validVersions: [1, 10],
  flexibleFrom: 6,
  fields: [
    { name: 'groupId', type: 'string', versions: [1, 7], entityType: 'groupId' },
    { name: 'topics', type: { array: offsetFetchRequestTopic }, versions: [1, 7], nullable: [2, 7] },
    { name: 'groups', type: { array: offsetFetchRequestGroup }, versions: [8, 10] },
    { name: 'requireStable', type: 'bool', versions: [7, 10] },
  ],
};

/** Versions 1 to 10, flexible from 6. */
export interface OffsetFetchResponse {
  throttleTimeMs: number;
  topics: OffsetFetchResponseTopic[];
  errorCode: number;
  groups: OffsetFetchResponseGroup[];
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchResponseGroup {
  groupId: string;
  topics: OffsetFetchResponseTopics[];
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchResponseTopics {
  name: string;
  topicId: string;
  partitions: OffsetFetchResponsePartitions[];
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchResponsePartitions {
  partitionIndex: number;
  committedOffset: bigint;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchResponseTopic {
  name: string;
  partitions: OffsetFetchResponsePartition[];
  unknownTags?: UnknownTag[];
}

export interface OffsetFetchResponsePartition {
  partitionIndex: number;
  committedOffset: bigint;
  committedLeaderEpoch: number;
  metadata: string | null;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const offsetFetchResponsePartition: StructType = {
  name: 'OffsetFetchResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 7] },
    { name: 'committedOffset', type: 'int64', versions: [1, 7] },
    { name: 'committedLeaderEpoch', type: 'int32', versions: [5, 7], default: -1 },
    { name: 'metadata', type: 'string', versions: [1, 7], nullable: [1, 7] },
    { name: 'errorCode', type: 'int16', versions: [1, 7] },
  ],
};

const offsetFetchResponseTopic: StructType = {
  name: 'OffsetFetchResponseTopic',
  struct: [
    { name: 'name', type: 'string', versions: [1, 7], entityType: 'topicName' },
    { name: 'partitions', type: { array: offsetFetchResponsePartition }, versions: [1, 7] },
  ],
};

const offsetFetchResponsePartitions: StructType = {
  name: 'OffsetFetchResponsePartitions',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [8, 10] },
    { name: 'committedOffset', type: 'int64', versions: [8, 10] },
    { name: 'committedLeaderEpoch', type: 'int32', versions: [8, 10], default: -1 },
    { name: 'metadata', type: 'string', versions: [8, 10], nullable: [8, 10] },
    { name: 'errorCode', type: 'int16', versions: [8, 10] },
  ],
};

const offsetFetchResponseTopics: StructType = {
  name: 'OffsetFetchResponseTopics',
  struct: [
    { name: 'name', type: 'string', versions: [8, 9], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [10, 10] },
    { name: 'partitions', type: { array: offsetFetchResponsePartitions }, versions: [8, 10] },
  ],
};

const offsetFetchResponseGroup: StructType = {
  name: 'OffsetFetchResponseGroup',
  struct: [
    { name: 'groupId', type: 'string', versions: [8, 10], entityType: 'groupId' },
    { name: 'topics', type: { array: offsetFetchResponseTopics }, versions: [8, 10] },
    { name: 'errorCode', type: 'int16', versions: [8, 10] },
  ],
};

export const offsetFetchResponse: MessageSchema<OffsetFetchResponse> = {
  name: 'OffsetFetchResponse',
  apiKey: 9,
  kind: 'response',
  validVersions: [1, 10],
  flexibleFrom: 6,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [3, 10] },
    { name: 'topics', type: { array: offsetFetchResponseTopic }, versions: [1, 7] },
    { name: 'errorCode', type: 'int16', versions: [2, 7] },
    { name: 'groups', type: { array: offsetFetchResponseGroup }, versions: [8, 10] },
  ],
};

/** API 9. */
export const offsetFetchApi: Api<OffsetFetchRequest, OffsetFetchResponse> = { key: 9, name: 'OffsetFetch', request: offsetFetchRequest, response: offsetFetchResponse };
