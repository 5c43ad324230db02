// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 4. */
export interface SyncGroupRequest {
  groupId: string;
  generationId: number;
  memberId: string;
  groupInstanceId: string | null;
  protocolType: string | null;
  protocolName: string | null;
  assignments: SyncGroupRequestAssignment[];
  unknownTags?: UnknownTag[];
}

export interface SyncGroupRequestAssignment {
  memberId: string;
  assignment: Buffer;
  unknownTags?: UnknownTag[];
}

const syncGroupRequestAssignment: StructType = {
  name: 'SyncGroupRequestAssignment',
  struct: [
    { name: 'memberId', type: 'string', versions: [0, 5] },
    { name: 'assignment', type: 'bytes', versions: [0, 5] },
  ],
};

export const syncGroupRequest: MessageSchema<SyncGroupRequest> = {
  name: 'SyncGroupRequest',
  apiKey: 14,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 4,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 5], entityType: 'groupId' },
    { name: 'generationId', type: 'int32', versions: [0, 5] },
    { name: 'memberId', type: 'string', versions: [0, 5] },
    { name: 'groupInstanceId', type: 'string', versions: [3, 5], nullable: [3, 5], default: null },
    { name: 'protocolType', type: 'string', versions: [5, 5], nullable: [5, 5], default: null },
    { name: 'protocolName', type: 'string', versions: [5, 5], nullable: [5, 5], default: null },
    { name: 'assignments', type: { array: syncGroupRequestAssignment }, versions: [0, 5] },
  ],
};

/** Versions 0 to 5, flexible from 4. */
export interface SyncGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  protocolType: string | null;
  protocolName: string | null;
  assignment: Buffer;
  unknownTags?: UnknownTag[];
}

export const syncGroupResponse: MessageSchema<SyncGroupResponse> = {
  name: 'SyncGroupResponse',
  apiKey: 14,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 5] },
    { name: 'errorCode', type: 'int16', versions: [0, 5] },
    { name: 'protocolType', type: 'string', versions: [5, 5], nullable: [5, 5], default: null },
    { name: 'protocolName', type: 'string', versions: [5, 5], nullable: [5, 5], default: null },
    { name: 'assignment', type: 'bytes', versions: [0, 5] },
  ],
};

/** API 14. */
export const syncGroupApi: Api<SyncGroupRequest, SyncGroupResponse> = { key: 14, name: 'SyncGroup', request: syncGroupRequest, response: syncGroupResponse };
