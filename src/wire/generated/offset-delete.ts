// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType } from '../schema.ts';

/** Versions 0 to 0, never flexible. */
export interface OffsetDeleteRequest {
  groupId: string;
  topics: OffsetDeleteRequestTopic[];
}

export interface OffsetDeleteRequestTopic {
  name: string;
  partitions: OffsetDeleteRequestPartition[];
}

export interface OffsetDeleteRequestPartition {
  partitionIndex: number;
}

const offsetDeleteRequestPartition: StructType = {
  name: 'OffsetDeleteRequestPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
  ],
};

const offsetDeleteRequestTopic: StructType = {
  name: 'OffsetDeleteRequestTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: offsetDeleteRequestPartition }, versions: [0, 0] },
  ],
};

export const offsetDeleteRequest: MessageSchema<OffsetDeleteRequest> = {
  name: 'OffsetDeleteRequest',
  apiKey: 47,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: Infinity,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 0], entityType: 'groupId' },
    { name: 'topics', type: { array: offsetDeleteRequestTopic }, versions: [0, 0] },
  ],
};

/** Versions 0 to 0, never flexible. */
export interface OffsetDeleteResponse {
  errorCode: number;
  throttleTimeMs: number;
  topics: OffsetDeleteResponseTopic[];
}

export interface OffsetDeleteResponseTopic {
  name: string;
  partitions: OffsetDeleteResponsePartition[];
}

export interface OffsetDeleteResponsePartition {
  partitionIndex: number;
  errorCode: number;
}

const offsetDeleteResponsePartition: StructType = {
  name: 'OffsetDeleteResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
  ],
};

const offsetDeleteResponseTopic: StructType = {
  name: 'OffsetDeleteResponseTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: offsetDeleteResponsePartition }, versions: [0, 0] },
  ],
};

export const offsetDeleteResponse: MessageSchema<OffsetDeleteResponse> = {
  name: 'OffsetDeleteResponse',
  apiKey: 47,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: Infinity,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'topics', type: { array: offsetDeleteResponseTopic }, versions: [0, 0] },
  ],
};

/** API 47. */
export const offsetDeleteApi: Api<OffsetDeleteRequest, OffsetDeleteResponse> = { key: 47, name: 'OffsetDelete', request: offsetDeleteRequest, response: offsetDeleteResponse };
