// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 2. */
export interface SaslAuthenticateRequest {
  authBytes: Buffer;
  unknownTags?: UnknownTag[];
}

export const saslAuthenticateRequest: MessageSchema<SaslAuthenticateRequest> = {
  name: 'SaslAuthenticateRequest',
  apiKey: 36,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'authBytes', type: 'bytes', versions: [0, 2] },
  ],
};

/** Versions 0 to 2, flexible from 2. */
export interface SaslAuthenticateResponse {
  errorCode: number;
  errorMessage: string | null;
  authBytes: Buffer;
  sessionLifetimeMs: bigint;
  unknownTags?: UnknownTag[];
}

export const saslAuthenticateResponse: MessageSchema<SaslAuthenticateResponse> = {
  name: 'SaslAuthenticateResponse',
  apiKey: 36,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2] },
    { name: 'authBytes', type: 'bytes', versions: [0, 2] },
    { name: 'sessionLifetimeMs', type: 'int64', versions: [1, 2] },
  ],
};

/** API 36. */
export const saslAuthenticateApi: Api<SaslAuthenticateRequest, SaslAuthenticateResponse> = { key: 36, name: 'SaslAuthenticate', request: saslAuthenticateRequest, response: saslAuthenticateResponse };
