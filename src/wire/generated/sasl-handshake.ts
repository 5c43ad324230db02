// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema } from '../schema.ts';

/** Versions 0 to 1, never flexible. */
export interface SaslHandshakeRequest {
  mechanism: string;
}

export const saslHandshakeRequest: MessageSchema<SaslHandshakeRequest> = {
  name: 'SaslHandshakeRequest',
  apiKey: 17,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: Infinity,
  fields: [
    { name: 'mechanism', type: 'string', versions: [0, 1] },
  ],
};

/** Versions 0 to 1, never flexible. */
export interface SaslHandshakeResponse {
  errorCode: number;
  mechanisms: string[];
}

export const saslHandshakeResponse: MessageSchema<SaslHandshakeResponse> = {
  name: 'SaslHandshakeResponse',
  apiKey: 17,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: Infinity,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'mechanisms', type: { array: 'string' }, versions: [0, 1] },
  ],
};

/** API 17. */
export const saslHandshakeApi: Api<SaslHandshakeRequest, SaslHandshakeResponse> = { key: 17, name: 'SaslHandshake', request: saslHandshakeRequest, response: saslHandshakeResponse };
