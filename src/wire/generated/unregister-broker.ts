// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface UnregisterBrokerRequest {
  brokerId: number;
  unknownTags?: UnknownTag[];
}

export const unregisterBrokerRequest: MessageSchema<UnregisterBrokerRequest> = {
  name: 'UnregisterBrokerRequest',
  apiKey: 64,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'brokerId', type: 'int32', versions: [0, 0], entityType: 'brokerId' },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface UnregisterBrokerResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

export const unregisterBrokerResponse: MessageSchema<UnregisterBrokerResponse> = {
  name: 'UnregisterBrokerResponse',
  apiKey: 64,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
  ],
};

/** API 64. */
export const unregisterBrokerApi: Api<UnregisterBrokerRequest, UnregisterBrokerResponse> = { key: 64, name: 'UnregisterBroker', request: unregisterBrokerRequest, response: unregisterBrokerResponse };
