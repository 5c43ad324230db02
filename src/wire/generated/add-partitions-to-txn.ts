// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 3. */
export interface AddPartitionsToTxnRequest {
  transactions: AddPartitionsToTxnTransaction[];
  v3AndBelowTransactionalId: string;
  v3AndBelowProducerId: bigint;
  v3AndBelowProducerEpoch: number;
  v3AndBelowTopics: AddPartitionsToTxnTopic[];
  unknownTags?: UnknownTag[];
}

export interface AddPartitionsToTxnTransaction {
  transactionalId: string;
  producerId: bigint;
  producerEpoch: number;
  verifyOnly: boolean;
  topics: AddPartitionsToTxnTopic[];
  unknownTags?: UnknownTag[];
}

export interface AddPartitionsToTxnTopic {
  name: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const addPartitionsToTxnTopic: StructType = {
  name: 'AddPartitionsToTxnTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 5], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 5] },
  ],
};

const addPartitionsToTxnTransaction: StructType = {
  name: 'AddPartitionsToTxnTransaction',
  struct: [
    { name: 'transactionalId', type: 'string', versions: [4, 5], entityType: 'transactionalId' },
    { name: 'producerId', type: 'int64', versions: [4, 5], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [4, 5] },
    { name: 'verifyOnly', type: 'bool', versions: [4, 5] },
    { name: 'topics', type: { array: addPartitionsToTxnTopic }, versions: [4, 5] },
  ],
};

export const addPartitionsToTxnRequest: MessageSchema<AddPartitionsToTxnRequest> = {
  name: 'AddPartitionsToTxnRequest',
  apiKey: 24,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'transactions', type: { array: addPartitionsToTxnTransaction }, versions: [4, 5] },
    { name: 'v3AndBelowTransactionalId', type: 'string', versions: [0, 3], entityType: 'transactionalId' },
    { name: 'v3AndBelowProducerId', type: 'int64', versions: [0, 3], entityType: 'producerId' },
    { name: 'v3AndBelowProducerEpoch', type: 'int16', versions: [0, 3] },
    { name: 'v3AndBelowTopics', type: { array: addPartitionsToTxnTopic }, versions: [0, 3] },
  ],
};

/** Versions 0 to 5, flexible from 3. */
export interface AddPartitionsToTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
  resultsByTransaction: AddPartitionsToTxnResult[];
  resultsByTopicV3AndBelow: AddPartitionsToTxnTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface AddPartitionsToTxnResult {
  transactionalId: string;
  topicResults: AddPartitionsToTxnTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface AddPartitionsToTxnTopicResult {
  name: string;
  resultsByPartition: AddPartitionsToTxnPartitionResult[];
  unknownTags?: UnknownTag[];
}

export interface AddPartitionsToTxnPartitionResult {
  partitionIndex: number;
  partitionErrorCode: number;
  unknownTags?: UnknownTag[];
}

const addPartitionsToTxnPartitionResult: StructType = {
  name: 'AddPartitionsToTxnPartitionResult',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 5] },
    { name: 'partitionErrorCode', type: 'int16', versions: [0, 5] },
  ],
};

const addPartitionsToTxnTopicResult: StructType = {
  name: 'AddPartitionsToTxnTopicResult',
  struct: [
    { name: 'name', type: 'string', versions: [0, 5], entityType: 'topicName' },
    { name: 'resultsByPartition', type: { array: addPartitionsToTxnPartitionResult }, versions: [0, 5] },
  ],
};

const addPartitionsToTxnResult: StructType = {
  name: 'AddPartitionsToTxnResult',
  struct: [
    { name: 'transactionalId', type: 'string', versions: [4, 5], entityType: 'transactionalId' },
    { name: 'topicResults', type: { array: addPartitionsToTxnTopicResult }, versions: [4, 5] },
  ],
};

export const addPartitionsToTxnResponse: MessageSchema<AddPartitionsToTxnResponse> = {
  name: 'AddPartitionsToTxnResponse',
  apiKey: 24,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 5] },
    { name: 'errorCode', type: 'int16', versions: [4, 5] },
    { name: 'resultsByTransaction', type: { array: addPartitionsToTxnResult }, versions: [4, 5] },
    { name: 'resultsByTopicV3AndBelow', type: { array: addPartitionsToTxnTopicResult }, versions: [0, 3] },
  ],
};

/** API 24. */
export const addPartitionsToTxnApi: Api<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse> = { key: 24, name: 'AddPartitionsToTxn', request: addPartitionsToTxnRequest, response: addPartitionsToTxnResponse };
