// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 6, flexible from 2. */
export interface InitProducerIdRequest {
  transactionalId: string | null;
  transactionTimeoutMs: number;
  producerId: bigint;
  producerEpoch: number;
  enable2Pc: boolean;
  keepPreparedTxn: boolean;
  unknownTags?: UnknownTag[];
}

export const initProducerIdRequest: MessageSchema<InitProducerIdRequest> = {
  name: 'InitProducerIdRequest',
  apiKey: 22,
  kind: 'request',
  validVersions: [0, 6],
  flexibleFrom: 2,
  fields: [
    { name: 'transactionalId', type: 'string', versions: [0, 6], nullable: [0, 6], entityType: 'transactionalId' },
    { name: 'transactionTimeoutMs', type: 'int32', versions: [0, 6] },
    { name: 'producerId', type: 'int64', versions: [3, 6], default: -1n, entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [3, 6], default: -1 },
    { name: 'enable2Pc', type: 'bool', versions: [6, 6] },
    { name: 'keepPreparedTxn', type: 'bool', versions: [6, 6] },
  ],
};

/** Versions 0 to 6, flexible from 2. */
export interface InitProducerIdResponse {
  throttleTimeMs: number;
  errorCode: number;
  producerId: bigint;
  producerEpoch: number;
  ongoingTxnProducerId: bigint;
  ongoingTxnProducerEpoch: number;
  unknownTags?: UnknownTag[];
}

export const initProducerIdResponse: MessageSchema<InitProducerIdResponse> = {
  name: 'InitProducerIdResponse',
  apiKey: 22,
  kind: 'response',
  validVersions: [0, 6],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 6] },
    { name: 'errorCode', type: 'int16', versions: [0, 6] },
    { name: 'producerId', type: 'int64', versions: [0, 6], default: -1n, entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [0, 6] },
    { name: 'ongoingTxnProducerId', type: 'int64', versions: [6, 6], default: -1n, entityType: 'producerId' },
    { name: 'ongoingTxnProducerEpoch', type: 'int16', versions: [6, 6], default: -1 },
  ],
};

/** API 22. */
export const initProducerIdApi: Api<InitProducerIdRequest, InitProducerIdResponse> = { key: 22, name: 'InitProducerId', request: initProducerIdRequest, response: initProducerIdResponse };
