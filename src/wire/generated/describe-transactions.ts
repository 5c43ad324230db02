// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface DescribeTransactionsRequest {
  transactionalIds: string[];
  unknownTags?: UnknownTag[];
}

export const describeTransactionsRequest: MessageSchema<DescribeTransactionsRequest> = {
  name: 'DescribeTransactionsRequest',
  apiKey: 65,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'transactionalIds', type: { array: 'string' }, versions: [0, 0], entityType: 'transactionalId' },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface DescribeTransactionsResponse {
  throttleTimeMs: number;
  transactionStates: TransactionState[];
  unknownTags?: UnknownTag[];
}

export interface TransactionState {
  errorCode: number;
  transactionalId: string;
  transactionState: string;
  transactionTimeoutMs: number;
  transactionStartTimeMs: bigint;
  producerId: bigint;
  producerEpoch: number;
  topics: TopicData[];
  unknownTags?: UnknownTag[];
}

export interface TopicData {
  topic: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const topicData: StructType = {
  name: 'TopicData',
  struct: [
    { name: 'topic', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

const transactionState: StructType = {
  name: 'TransactionState',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'transactionalId', type: 'string', versions: [0, 0], entityType: 'transactionalId' },
    { name: 'transactionState', type: 'string', versions: [0, 0] },
    { name: 'transactionTimeoutMs', type: 'int32', versions: [0, 0] },
    { name: 'transactionStartTimeMs', type: 'int64', versions: [0, 0] },
    { name: 'producerId', type: 'int64', versions: [0, 0], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [0, 0] },
    { name: 'topics', type: { array: topicData }, versions: [0, 0] },
  ],
};

export const describeTransactionsResponse: MessageSchema<DescribeTransactionsResponse> = {
  name: 'DescribeTransactionsResponse',
  apiKey: 65,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'transactionStates', type: { array: transactionState }, versions: [0, 0] },
  ],
};

/** API 65. */
export const describeTransactionsApi: Api<DescribeTransactionsRequest, DescribeTransactionsResponse> = { key: 65, name: 'DescribeTransactions', request: describeTransactionsRequest, response: describeTransactionsResponse };
