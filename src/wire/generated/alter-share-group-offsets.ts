// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface AlterShareGroupOffsetsRequest {
  groupId: string;
  topics: AlterShareGroupOffsetsRequestTopic[];
  unknownTags?: UnknownTag[];
}

export interface AlterShareGroupOffsetsRequestTopic {
  topicName: string;
  partitions: AlterShareGroupOffsetsRequestPartition[];
  unknownTags?: UnknownTag[];
}

export interface AlterShareGroupOffsetsRequestPartition {
  partitionIndex: number;
  startOffset: bigint;
  unknownTags?: UnknownTag[];
}

const alterShareGroupOffsetsRequestPartition: StructType = {
  name: 'AlterShareGroupOffsetsRequestPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'startOffset', type: 'int64', versions: [0, 0] },
  ],
};

const alterShareGroupOffsetsRequestTopic: StructType = {
  name: 'AlterShareGroupOffsetsRequestTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: alterShareGroupOffsetsRequestPartition }, versions: [0, 0] },
  ],
};

export const alterShareGroupOffsetsRequest: MessageSchema<AlterShareGroupOffsetsRequest> = {
  name: 'AlterShareGroupOffsetsRequest',
  apiKey: 91,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 0], entityType: 'groupId' },
    { name: 'topics', type: { array: alterShareGroupOffsetsRequestTopic }, versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface AlterShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: AlterShareGroupOffsetsResponseTopic[];
  unknownTags?: UnknownTag[];
}

export interface AlterShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  partitions: AlterShareGroupOffsetsResponsePartition[];
  unknownTags?: UnknownTag[];
}

export interface AlterShareGroupOffsetsResponsePartition {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const alterShareGroupOffsetsResponsePartition: StructType = {
  name: 'AlterShareGroupOffsetsResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

const alterShareGroupOffsetsResponseTopic: StructType = {
  name: 'AlterShareGroupOffsetsResponseTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [0, 0] },
    { name: 'partitions', type: { array: alterShareGroupOffsetsResponsePartition }, versions: [0, 0] },
  ],
};

export const alterShareGroupOffsetsResponse: MessageSchema<AlterShareGroupOffsetsResponse> = {
  name: 'AlterShareGroupOffsetsResponse',
  apiKey: 91,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'responses', type: { array: alterShareGroupOffsetsResponseTopic }, versions: [0, 0] },
  ],
};

/** API 91. */
export const alterShareGroupOffsetsApi: Api<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse> = { key: 91, name: 'AlterShareGroupOffsets', request: alterShareGroupOffsetsRequest, response: alterShareGroupOffsetsResponse };
