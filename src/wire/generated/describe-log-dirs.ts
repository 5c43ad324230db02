// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 5, flexible from 2. */
export interface DescribeLogDirsRequest {
  topics: DescribableLogDirTopic[] | null;
  unknownTags?: UnknownTag[];
}

export interface DescribableLogDirTopic {
  topic: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const describableLogDirTopic: StructType = {
  name: 'DescribableLogDirTopic',
  struct: [
    { name: 'topic', type: 'string', versions: [1, 5], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 5] },
  ],
};

export const describeLogDirsRequest: MessageSchema<DescribeLogDirsRequest> = {
  name: 'DescribeLogDirsRequest',
  apiKey: 35,
  kind: 'request',
  validVersions: [1, 5],
  flexibleFrom: 2,
  fields: [
    { name: 'topics', type: { array: describableLogDirTopic }, versions: [1, 5], nullable: [1, 5] },
  ],
};

/** Versions 1 to 5, flexible from 2. */
export interface DescribeLogDirsResponse {
  throttleTimeMs: number;
  errorCode: number;
  results: DescribeLogDirsResult[];
  unknownTags?: UnknownTag[];
}

export interface DescribeLogDirsResult {
  errorCode: number;
  logDir: string;
  topics: DescribeLogDirsTopic[];
  totalBytes: bigint;
  usableBytes: bigint;
  isCordoned: boolean;
  unknownTags?: UnknownTag[];
}

export interface DescribeLogDirsTopic {
  name: string;
  partitions: DescribeLogDirsPartition[];
  unknownTags?: UnknownTag[];
}

export interface DescribeLogDirsPartition {
  partitionIndex: number;
  partitionSize: bigint;
  offsetLag: bigint;
  isFutureKey: boolean;
  unknownTags?: UnknownTag[];
}

const describeLogDirsPartition: StructType = {
  name: 'DescribeLogDirsPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 5] },
    { name: 'partitionSize', type: 'int64', versions: [1, 5] },
    { name: 'offsetLag', type: 'int64', versions: [1, 5] },
    { name: 'isFutureKey', type: 'bool', versions: [1, 5] },
  ],
};

const describeLogDirsTopic: StructType = {
  name: 'DescribeLogDirsTopic',
  struct: [
    { name: 'name', type: 'string', versions: [1, 5], entityType: 'topicName' },
    { name: 'partitions', type: { array: describeLogDirsPartition }, versions: [1, 5] },
  ],
};

const describeLogDirsResult: StructType = {
  name: 'DescribeLogDirsResult',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 5] },
    { name: 'logDir', type: 'string', versions: [1, 5] },
    { name: 'topics', type: { array: describeLogDirsTopic }, versions: [1, 5] },
    { name: 'totalBytes', type: 'int64', versions: [4, 5], default: -1n },
    { name: 'usableBytes', type: 'int64', versions: [4, 5], default: -1n },
    { name: 'isCordoned', type: 'bool', versions: [5, 5] },
  ],
};

export const describeLogDirsResponse: MessageSchema<DescribeLogDirsResponse> = {
  name: 'DescribeLogDirsResponse',
  apiKey: 35,
  kind: 'response',
  validVersions: [1, 5],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 5] },
    { name: 'errorCode', type: 'int16', versions: [3, 5] },
    { name: 'results', type: { array: describeLogDirsResult }, versions: [1, 5] },
  ],
};

/** API 35. */
export const describeLogDirsApi: Api<DescribeLogDirsRequest, DescribeLogDirsResponse> = { key: 35, name: 'DescribeLogDirs', request: describeLogDirsRequest, response: describeLogDirsResponse };
