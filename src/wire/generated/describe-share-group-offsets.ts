// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface DescribeShareGroupOffsetsRequest {
  groups: DescribeShareGroupOffsetsRequestGroup[];
  unknownTags?: UnknownTag[];
}

export interface DescribeShareGroupOffsetsRequestGroup {
  groupId: string;
  topics: DescribeShareGroupOffsetsRequestTopic[] | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeShareGroupOffsetsRequestTopic {
  topicName: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const describeShareGroupOffsetsRequestTopic: StructType = {
  name: 'DescribeShareGroupOffsetsRequestTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 1], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 1] },
  ],
};

const describeShareGroupOffsetsRequestGroup: StructType = {
  name: 'DescribeShareGroupOffsetsRequestGroup',
  struct: [
    { name: 'groupId', type: 'string', versions: [0, 1], entityType: 'groupId' },
    { name: 'topics', type: { array: describeShareGroupOffsetsRequestTopic }, versions: [0, 1], nullable: [0, 1] },
  ],
};

export const describeShareGroupOffsetsRequest: MessageSchema<DescribeShareGroupOffsetsRequest> = {
  name: 'DescribeShareGroupOffsetsRequest',
  apiKey: 90,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'groups', type: { array: describeShareGroupOffsetsRequestGroup }, versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface DescribeShareGroupOffsetsResponse {
  throttleTimeMs: number;
  groups: DescribeShareGroupOffsetsResponseGroup[];
  unknownTags?: UnknownTag[];
}

export interface DescribeShareGroupOffsetsResponseGroup {
  groupId: string;
  topics: DescribeShareGroupOffsetsResponseTopic[];
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  partitions: DescribeShareGroupOffsetsResponsePartition[];
  unknownTags?: UnknownTag[];
}

export interface DescribeShareGroupOffsetsResponsePartition {
  partitionIndex: number;
  startOffset: bigint;
  leaderEpoch: number;
  lag: bigint;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const describeShareGroupOffsetsResponsePartition: StructType = {
  name: 'DescribeShareGroupOffsetsResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 1] },
    { name: 'startOffset', type: 'int64', versions: [0, 1] },
    { name: 'leaderEpoch', type: 'int32', versions: [0, 1] },
    { name: 'lag', type: 'int64', versions: [1, 1], default: -1n },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
  ],
};

const describeShareGroupOffsetsResponseTopic: StructType = {
  name: 'DescribeShareGroupOffsetsResponseTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 1], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [0, 1] },
    { name: 'partitions', type: { array: describeShareGroupOffsetsResponsePartition }, versions: [0, 1] },
  ],
};

const describeShareGroupOffsetsResponseGroup: StructType = {
  name: 'DescribeShareGroupOffsetsResponseGroup',
  struct: [
    { name: 'groupId', type: 'string', versions: [0, 1], entityType: 'groupId' },
    { name: 'topics', type: { array: describeShareGroupOffsetsResponseTopic }, versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
  ],
};

export const describeShareGroupOffsetsResponse: MessageSchema<DescribeShareGroupOffsetsResponse> = {
  name: 'DescribeShareGroupOffsetsResponse',
  apiKey: 90,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'groups', type: { array: describeShareGroupOffsetsResponseGroup }, versions: [0, 1] },
  ],
};

/** API 90. */
export const describeShareGroupOffsetsApi: Api<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse> = { key: 90, name: 'DescribeShareGroupOffsets', request: describeShareGroupOffsetsRequest, response: describeShareGroupOffsetsResponse };
