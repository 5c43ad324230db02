// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 4, flexible from 3. */
export interface AddOffsetsToTxnRequest {
  transactionalId: string;
  producerId: bigint;
  producerEpoch: number;
  groupId: string;
  unknownTags?: UnknownTag[];
}

export const addOffsetsToTxnRequest: MessageSchema<AddOffsetsToTxnRequest> = {
  name: 'AddOffsetsToTxnRequest',
  apiKey: 25,
  kind: 'request',
  validVersions: [0, 4],
  flexibleFrom: 3,
  fields: [
    { name: 'transactionalId', type: 'string', versions: [0, 4], entityType: 'transactionalId' },
    { name: 'producerId', type: 'int64', versions: [0, 4], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [0, 4] },
    { name: 'groupId', type: 'string', versions: [0, 4], entityType: 'groupId' },
  ],
};

/** Versions 0 to 4, flexible from 3. */
export interface AddOffsetsToTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export const addOffsetsToTxnResponse: MessageSchema<AddOffsetsToTxnResponse> = {
  name: 'AddOffsetsToTxnResponse',
  apiKey: 25,
  kind: 'response',
  validVersions: [0, 4],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 4] },
    { name: 'errorCode', type: 'int16', versions: [0, 4] },
  ],
};

/** API 25. */
export const addOffsetsToTxnApi: Api<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> = { key: 25, name: 'AddOffsetsToTxn', request: addOffsetsToTxnRequest, response: addOffsetsToTxnResponse };
