// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 4, flexible from 4. */
export interface HeartbeatRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  unknownTags?: UnknownTag[];
}

export const heartbeatRequest: MessageSchema<HeartbeatRequest> = {
  name: 'HeartbeatRequest',
  apiKey: 12,
  kind: 'request',
  validVersions: [0, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 4], entityType: 'groupId' },
    { name: 'generationId', type: 'int32', versions: [0, 4] },
    { name: 'memberId', type: 'string', versions: [0, 4] },
    { name: 'groupInstanceId', type: 'string', versions: [3, 4], nullable: [3, 4], default: null },
  ],
};

/** Versions 0 to 4, flexible from 4. */
export interface HeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export const heartbeatResponse: MessageSchema<HeartbeatResponse> = {
  name: 'HeartbeatResponse',
  apiKey: 12,
  kind: 'response',
  validVersions: [0, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 4] },
    { name: 'errorCode', type: 'int16', versions: [0, 4] },
  ],
};

/** API 12. */
export const heartbeatApi: Api<HeartbeatRequest, HeartbeatResponse> = { key: 12, name: 'Heartbeat', request: heartbeatRequest, response: heartbeatResponse };
