// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 2. */
export interface DeleteRecordsRequest {
  topics: DeleteRecordsTopic[];
  timeoutMs: number;
  unknownTags?: UnknownTag[];
}

export interface DeleteRecordsTopic {
  name: string;
  partitions: DeleteRecordsPartition[];
  unknownTags?: UnknownTag[];
}

export interface DeleteRecordsPartition {
  partitionIndex: number;
  offset: bigint;
  unknownTags?: UnknownTag[];
}

const deleteRecordsPartition: StructType = {
  name: 'DeleteRecordsPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 2] },
    { name: 'offset', type: 'int64', versions: [0, 2] },
  ],
};

const deleteRecordsTopic: StructType = {
  name: 'DeleteRecordsTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: deleteRecordsPartition }, versions: [0, 2] },
  ],
};

export const deleteRecordsRequest: MessageSchema<DeleteRecordsRequest> = {
  name: 'DeleteRecordsRequest',
  apiKey: 21,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'topics', type: { array: deleteRecordsTopic }, versions: [0, 2] },
    { name: 'timeoutMs', type: 'int32', versions: [0, 2] },
  ],
};

/** Versions 0 to 2, flexible from 2. */
export interface DeleteRecordsResponse {
  throttleTimeMs: number;
  topics: DeleteRecordsTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface DeleteRecordsTopicResult {
  name: string;
  partitions: DeleteRecordsPartitionResult[];
  unknownTags?: UnknownTag[];
}

export interface DeleteRecordsPartitionResult {
  partitionIndex: number;
  lowWatermark: bigint;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const deleteRecordsPartitionResult: StructType = {
  name: 'DeleteRecordsPartitionResult',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 2] },
    { name: 'lowWatermark', type: 'int64', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
  ],
};

const deleteRecordsTopicResult: StructType = {
  name: 'DeleteRecordsTopicResult',
  struct: [
    { name: 'name', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: deleteRecordsPartitionResult }, versions: [0, 2] },
  ],
};

export const deleteRecordsResponse: MessageSchema<DeleteRecordsResponse> = {
  name: 'DeleteRecordsResponse',
  apiKey: 21,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'topics', type: { array: deleteRecordsTopicResult }, versions: [0, 2] },
  ],
};

/** API 21. */
export const deleteRecordsApi: Api<DeleteRecordsRequest, DeleteRecordsResponse> = { key: 21, name: 'DeleteRecords', request: deleteRecordsRequest, response: deleteRecordsResponse };
