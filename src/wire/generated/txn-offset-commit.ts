// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 3. */
export interface TxnOffsetCommitRequest {
  transactionalId: string;
  groupId: string;
  producerId: bigint;
  producerEpoch: number;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  topics: TxnOffsetCommitRequestTopic[];
  unknownTags?: UnknownTag[];
}

export interface TxnOffsetCommitRequestTopic {
  name: string;
  partitions: TxnOffsetCommitRequestPartition[];
  unknownTags?: UnknownTag[];
}

export interface TxnOffsetCommitRequestPartition {
  partitionIndex: number;
  committedOffset: bigint;
  committedLeaderEpoch: number;
  committedMetadata: string | null;
  unknownTags?: UnknownTag[];
}

const txnOffsetCommitRequestPartition: StructType = {
  name: 'TxnOffsetCommitRequestPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 5] },
    { name: 'committedOffset', type: 'int64', versions: [0, 5] },
    { name: 'committedLeaderEpoch', type: 'int32', versions: [2, 5], default: -1 },
    { name: 'committedMetadata', type: 'string', versions: [0, 5], nullable: [0, 5] },
  ],
};

const txnOffsetCommitRequestTopic: StructType = {
  name: 'TxnOffsetCommitRequestTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 5], entityType: 'topicName' },
    { name: 'partitions', type: { array: txnOffsetCommitRequestPartition }, versions: [0, 5] },
  ],
};

export const txnOffsetCommitRequest: MessageSchema<TxnOffsetCommitRequest> = {
  name: 'TxnOffsetCommitRequest',
  apiKey: 28,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'transactionalId', type: 'string', versions: [0, 5], entityType: 'transactionalId' },
    { name: 'groupId', type: 'string', versions: [0, 5], entityType: 'groupId' },
    { name: 'producerId', type: 'int64', versions: [0, 5], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [0, 5] },
    { name: 'generationId', type: 'int32', versions: [3, 5], default: -1 },
    { name: 'memberId', type: 'string', versions: [3, 5] },
    { name: 'groupInstanceId', type: 'string', versions: [3, 5], nullable: [3, 5], default: null },
    { name: 'topics', type: { array: txnOffsetCommitRequestTopic }, versions: [0, 5] },
  ],
};

/** Versions 0 to 5, flexible from 3. */
export interface TxnOffsetCommitResponse {
  throttleTimeMs: number;
  topics: TxnOffsetCommitResponseTopic[];
  unknownTags?: UnknownTag[];
}

export interface TxnOffsetCommitResponseTopic {
  name: string;
  partitions: TxnOffsetCommitResponsePartition[];
  unknownTags?: UnknownTag[];
}

export interface TxnOffsetCommitResponsePartition {
  partitionIndex: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const txnOffsetCommitResponsePartition: StructType = {
  name: 'TxnOffsetCommitResponsePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 5] },
    { name: 'errorCode', type: 'int16', versions: [0, 5] },
  ],
};

const txnOffsetCommitResponseTopic: StructType = {
  name: 'TxnOffsetCommitResponseTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 5], entityType: 'topicName' },
    { name: 'partitions', type: { array: txnOffsetCommitResponsePartition }, versions: [0, 5] },
  ],
};

export const txnOffsetCommitResponse: MessageSchema<TxnOffsetCommitResponse> = {
  name: 'TxnOffsetCommitResponse',
  apiKey: 28,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 5] },
    { name: 'topics', type: { array: txnOffsetCommitResponseTopic }, versions: [0, 5] },
  ],
};

/** API 28. */
export const txnOffsetCommitApi: Api<TxnOffsetCommitRequest, TxnOffsetCommitResponse> = { key: 28, name: 'TxnOffsetCommit', request: txnOffsetCommitRequest, response: txnOffsetCommitResponse };
