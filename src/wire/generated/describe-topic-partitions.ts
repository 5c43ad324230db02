// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface DescribeTopicPartitionsRequest {
  topics: TopicRequest[];
  responsePartitionLimit: number;
  cursor: DescribeTopicPartitionsRequestCursor | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeTopicPartitionsRequestCursor {
  topicName: string;
  partitionIndex: number;
  unknownTags?: UnknownTag[];
}

export interface TopicRequest {
  name: string;
  unknownTags?: UnknownTag[];
}

const topicRequest: StructType = {
  name: 'TopicRequest',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
  ],
};

const describeTopicPartitionsRequestCursor: StructType = {
  name: 'Cursor',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
  ],
};

export const describeTopicPartitionsRequest: MessageSchema<DescribeTopicPartitionsRequest> = {
  name: 'DescribeTopicPartitionsRequest',
  apiKey: 75,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'topics', type: { array: topicRequest }, versions: [0, 0] },
    { name: 'responsePartitionLimit', type: 'int32', versions: [0, 0], default: 2000 },
    { name: 'cursor', type: describeTopicPartitionsRequestCursor, versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface DescribeTopicPartitionsResponse {
  throttleTimeMs: number;
  topics: DescribeTopicPartitionsResponseTopic[];
  nextCursor: DescribeTopicPartitionsResponseCursor | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeTopicPartitionsResponseCursor {
  topicName: string;
  partitionIndex: number;
  unknownTags?: UnknownTag[];
}

export interface DescribeTopicPartitionsResponseTopic {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: DescribeTopicPartitionsResponsePartition[];
  topicAuthorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface DescribeTopicPartitionsResponsePartition {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  eligibleLeaderReplicas: number[] | null;
  lastKnownElr: number[] | null;
  offlineReplicas: number[];
  unknownTags?: UnknownTag[];
}

const describeTopicPartitionsResponsePartition: StructType = {
  name: 'DescribeTopicPartitionsResponsePartition',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'leaderId', type: 'int32', versions: [0, 0], entityType: 'brokerId' },
    { name: 'leaderEpoch', type: 'int32', versions: [0, 0], default: -1 },
    { name: 'replicaNodes', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
    { name: 'isrNodes', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
    { name: 'eligibleLeaderReplicas', type: { array: 'int32' }, versions: [0, 0], nullable: [0, 0], default: null, entityType: 'brokerId' },
    { name: 'lastKnownElr', type: { array: 'int32' }, versions: [0, 0], nullable: [0, 0], default: null, entityType: 'brokerId' },
    { name: 'offlineReplicas', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
  ],
};

const describeTopicPartitionsResponseTopic: StructType = {
  name: 'DescribeTopicPartitionsResponseTopic',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'name', type: 'string', versions: [0, 0], nullable: [0, 0], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [0, 0] },
    { name: 'isInternal', type: 'bool', versions: [0, 0] },
    { name: 'partitions', type: { array: describeTopicPartitionsResponsePartition }, versions: [0, 0] },
    { name: 'topicAuthorizedOperations', type: 'int32', versions: [0, 0], default: -2147483648 },
  ],
};

const describeTopicPartitionsResponseCursor: StructType = {
  name: 'Cursor',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
  ],
};

export const describeTopicPartitionsResponse: MessageSchema<DescribeTopicPartitionsResponse> = {
  name: 'DescribeTopicPartitionsResponse',
  apiKey: 75,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'topics', type: { array: describeTopicPartitionsResponseTopic }, versions: [0, 0] },
    { name: 'nextCursor', type: describeTopicPartitionsResponseCursor, versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

/** API 75. */
export const describeTopicPartitionsApi: Api<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> = { key: 75, name: 'DescribeTopicPartitions', request: describeTopicPartitionsRequest, response: describeTopicPartitionsResponse };
