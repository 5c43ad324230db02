// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 2. */
export interface RenewDelegationTokenRequest {
  hmac: Buffer;
  renewPeriodMs: bigint;
  unknownTags?: UnknownTag[];
}

export const renewDelegationTokenRequest: MessageSchema<RenewDelegationTokenRequest> = {
  name: 'RenewDelegationTokenRequest',
  apiKey: 39,
  kind: 'request',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'hmac', type: 'bytes', versions: [1, 2] },
    { name: 'renewPeriodMs', type: 'int64', versions: [1, 2] },
  ],
};

/** Versions 1 to 2, flexible from 2. */
export interface RenewDelegationTokenResponse {
  errorCode: number;
  expiryTimestampMs: bigint;
  throttleTimeMs: number;
  unknownTags?: UnknownTag[];
}

export const renewDelegationTokenResponse: MessageSchema<RenewDelegationTokenResponse> = {
  name: 'RenewDelegationTokenResponse',
  apiKey: 39,
  kind: 'response',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'expiryTimestampMs', type: 'int64', versions: [1, 2] },
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 2] },
  ],
};

/** API 39. */
export const renewDelegationTokenApi: Api<RenewDelegationTokenRequest, RenewDelegationTokenResponse> = { key: 39, name: 'RenewDelegationToken', request: renewDelegationTokenRequest, response: renewDelegationTokenResponse };
