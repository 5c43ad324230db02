// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface DescribeProducersRequest {
  topics: TopicRequest[];
  unknownTags?: UnknownTag[];
}

export interface TopicRequest {
  name: string;
  partitionIndexes: number[];
  unknownTags?: UnknownTag[];
}

const topicRequest: StructType = {
  name: 'TopicRequest',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitionIndexes', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

export const describeProducersRequest: MessageSchema<DescribeProducersRequest> = {
  name: 'DescribeProducersRequest',
  apiKey: 61,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'topics', type: { array: topicRequest }, versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface DescribeProducersResponse {
  throttleTimeMs: number;
  topics: TopicResponse[];
  unknownTags?: UnknownTag[];
}

export interface TopicResponse {
  name: string;
  partitions: PartitionResponse[];
  unknownTags?: UnknownTag[];
}

export interface PartitionResponse {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  activeProducers: ProducerState[];
  unknownTags?: UnknownTag[];
}

export interface ProducerState {
  producerId: bigint;
  producerEpoch: number;
  lastSequence: number;
  lastTimestamp: bigint;
  coordinatorEpoch: number;
  currentTxnStartOffset: bigint;
  unknownTags?: UnknownTag[];
}

const producerState: StructType = {
  name: 'ProducerState',
  struct: [
    { name: 'producerId', type: 'int64', versions: [0, 0], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int32', versions: [0, 0] },
    { name: 'lastSequence', type: 'int32', versions: [0, 0], default: -1 },
    { name: 'lastTimestamp', type: 'int64', versions: [0, 0], default: -1n },
    { name: 'coordinatorEpoch', type: 'int32', versions: [0, 0] },
    { name: 'currentTxnStartOffset', type: 'int64', versions: [0, 0], default: -1n },
  ],
};

const partitionResponse: StructType = {
  name: 'PartitionResponse',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'activeProducers', type: { array: producerState }, versions: [0, 0] },
  ],
};

const topicResponse: StructType = {
  name: 'TopicResponse',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: partitionResponse }, versions: [0, 0] },
  ],
};

export const describeProducersResponse: MessageSchema<DescribeProducersResponse> = {
  name: 'DescribeProducersResponse',
  apiKey: 61,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'topics', type: { array: topicResponse }, versions: [0, 0] },
  ],
};

/** API 61. */
export const describeProducersApi: Api<DescribeProducersRequest, DescribeProducersResponse> = { key: 61, name: 'DescribeProducers', request: describeProducersRequest, response: describeProducersResponse };
