// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 2. */
export interface RequestHeader {
  requestApiKey: number;
  requestApiVersion: number;
  correlationId: number;
  clientId: string | null;
  unknownTags?: UnknownTag[];
}

export const requestHeader: MessageSchema<RequestHeader> = {
  name: 'RequestHeader',
  apiKey: -1,
  kind: 'header',
  validVersions: [1, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'requestApiKey', type: 'int16', versions: [1, 2] },
    { name: 'requestApiVersion', type: 'int16', versions: [1, 2] },
    { name: 'correlationId', type: 'int32', versions: [1, 2] },
    { name: 'clientId', type: 'string', versions: [1, 2], nullable: [1, 2], flexible: false },
  ],
};
