// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 1. */
export interface ResponseHeader {
  correlationId: number;
  unknownTags?: UnknownTag[];
}

export const responseHeader: MessageSchema<ResponseHeader> = {
  name: 'ResponseHeader',
  apiKey: -1,
  kind: 'header',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'correlationId', type: 'int32', versions: [0, 1] },
  ],
};
