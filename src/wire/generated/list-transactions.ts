// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 0. */
export interface ListTransactionsRequest {
  stateFilters: string[];
  producerIdFilters: bigint[];
  durationFilter: bigint;
  transactionalIdPattern: string | null;
  unknownTags?: UnknownTag[];
}

export const listTransactionsRequest: MessageSchema<ListTransactionsRequest> = {
  name: 'ListTransactionsRequest',
  apiKey: 66,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'stateFilters', type: { array: 'string' }, versions: [0, 2] },
    { name: 'producerIdFilters', type: { array: 'int64' }, versions: [0, 2], entityType: 'producerId' },
    { name: 'durationFilter', type: 'int64', versions: [1, 2], default: -1n },
    { name: 'transactionalIdPattern', type: 'string', versions: [2, 2], nullable: [2, 2], default: null },
  ],
};

/** Versions 0 to 2, flexible from 0. */
export interface ListTransactionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownStateFilters: string[];
  transactionStates: TransactionState[];
  unknownTags?: UnknownTag[];
}

export interface TransactionState {
  transactionalId: string;
  producerId: bigint;
  transactionState: string;
  unknownTags?: UnknownTag[];
}

const transactionState: StructType = {
  name: 'TransactionState',
  struct: [
    { name: 'transactionalId', type: 'string', versions: [0, 2], entityType: 'transactionalId' },
    { name: 'producerId', type: 'int64', versions: [0, 2], entityType: 'producerId' },
    { name: 'transactionState', type: 'string', versions: [0, 2] },
  ],
};

export const listTransactionsResponse: MessageSchema<ListTransactionsResponse> = {
  name: 'ListTransactionsResponse',
  apiKey: 66,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'unknownStateFilters', type: { array: 'string' }, versions: [0, 2] },
    { name: 'transactionStates', type: { array: transactionState }, versions: [0, 2] },
  ],
};

/** API 66. */
export const listTransactionsApi: Api<ListTransactionsRequest, ListTransactionsResponse> = { key: 66, name: 'ListTransactions', request: listTransactionsRequest, response: listTransactionsResponse };
