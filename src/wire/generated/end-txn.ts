// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 3. */
export interface EndTxnRequest {
  transactionalId: string;
  producerId: bigint;
  producerEpoch: number;
  committed: boolean;
  unknownTags?: UnknownTag[];
}

export const endTxnRequest: MessageSchema<EndTxnRequest> = {
  name: 'EndTxnRequest',
  apiKey: 26,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'transactionalId', type: 'string', versions: [0, 5], entityType: 'transactionalId' },
    { name: 'producerId', type: 'int64', versions: [0, 5], entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [0, 5] },
    { name: 'committed', type: 'bool', versions: [0, 5] },
  ],
};

/** Versions 0 to 5, flexible from 3. */
export interface EndTxnResponse {
  throttleTimeMs: number;
  errorCode: number;
  producerId: bigint;
  producerEpoch: number;
  unknownTags?: UnknownTag[];
}

export const endTxnResponse: MessageSchema<EndTxnResponse> = {
  name: 'EndTxnResponse',
  apiKey: 26,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 5] },
    { name: 'errorCode', type: 'int16', versions: [0, 5] },
    { name: 'producerId', type: 'int64', versions: [5, 5], default: -1n, entityType: 'producerId' },
    { name: 'producerEpoch', type: 'int16', versions: [5, 5], default: -1 },
  ],
};

/** API 26. */
export const endTxnApi: Api<EndTxnRequest, EndTxnResponse> = { key: 26, name: 'EndTxn', request: endTxnRequest, response: endTxnResponse };
