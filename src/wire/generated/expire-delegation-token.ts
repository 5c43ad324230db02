// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 2. */
export interface ExpireDelegationTokenRequest {
  hmac: Buffer;
  expiryTimePeriodMs: bigint;
  unknownTags?: UnknownTag[];
}

export const expireDelegationTokenRequest: MessageSchema<ExpireDelegationTokenRequest> = {
  name: 'ExpireDelegationTokenRequest',
  apiKey: 40,
  kind: 'request',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'hmac', type: 'bytes', versions: [1, 2] },
    { name: 'expiryTimePeriodMs', type: 'int64', versions: [1, 2] },
  ],
};

/** Versions 1 to 2, flexible from 2. */
export interface ExpireDelegationTokenResponse {
  errorCode: number;
  expiryTimestampMs: bigint;
  throttleTimeMs: number;
  unknownTags?: UnknownTag[];
}

export const expireDelegationTokenResponse: MessageSchema<ExpireDelegationTokenResponse> = {
  name: 'ExpireDelegationTokenResponse',
  apiKey: 40,
  kind: 'response',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'expiryTimestampMs', type: 'int64', versions: [1, 2] },
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 2] },
  ],
};

/** API 40. */
export const expireDelegationTokenApi: Api<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse> = { key: 40, name: 'ExpireDelegationToken', request: expireDelegationTokenRequest, response: expireDelegationTokenResponse };
