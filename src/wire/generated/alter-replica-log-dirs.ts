// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 2. */
export interface AlterReplicaLogDirsRequest {
  dirs: AlterReplicaLogDir[];
  unknownTags?: UnknownTag[];
}

export interface AlterReplicaLogDir {
  path: string;
  topics: AlterReplicaLogDirTopic[];
  unknownTags?: UnknownTag[];
}

export interface AlterReplicaLogDirTopic {
  name: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const alterReplicaLogDirTopic: StructType = {
  name: 'AlterReplicaLogDirTopic',
  struct: [
    { name: 'name', type: 'string', versions: [1, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 2] },
  ],
};

const alterReplicaLogDir: StructType = {
  name: 'AlterReplicaLogDir',
  struct: [
    { name: 'path', type: 'string', versions: [1, 2] },
    { name: 'topics', type: { array: alterReplicaLogDirTopic }, versions: [1, 2] },
  ],
};

export const alterReplicaLogDirsRequest: MessageSchema<AlterReplicaLogDirsRequest> = {
  name: 'AlterReplicaLogDirsRequest',
  apiKey: 34,
  kind: 'request',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'dirs', type: { array: alterReplicaLogDir }, versions: [1, 2] },
  ],
};

/** Versions 1 to 2, flexible from 2. */
export interface AlterReplicaLogDirsResponse {
  throttleTimeMs: number;
  results: AlterReplicaLogDirTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface AlterReplicaLogDirTopicResult {
  topicName: string;
  partitions: AlterReplicaLogDirPartitionResult[];
  unknownTags?: UnknownTag[];
}

export interface AlterReplicaLogDirPartitionResult {
  partitionIndex: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const alterReplicaLogDirPartitionResult: StructType = {
  name: 'AlterReplicaLogDirPartitionResult',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
  ],
};

const alterReplicaLogDirTopicResult: StructType = {
  name: 'AlterReplicaLogDirTopicResult',
  struct: [
    { name: 'topicName', type: 'string', versions: [1, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: alterReplicaLogDirPartitionResult }, versions: [1, 2] },
  ],
};

export const alterReplicaLogDirsResponse: MessageSchema<AlterReplicaLogDirsResponse> = {
  name: 'AlterReplicaLogDirsResponse',
  apiKey: 34,
  kind: 'response',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 2] },
    { name: 'results', type: { array: alterReplicaLogDirTopicResult }, versions: [1, 2] },
  ],
};

/** API 34. */
export const alterReplicaLogDirsApi: Api<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> = { key: 34, name: 'AlterReplicaLogDirs', request: alterReplicaLogDirsRequest, response: alterReplicaLogDirsResponse };
