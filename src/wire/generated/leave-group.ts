// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 4. */
export interface LeaveGroupRequest {
  groupId: string;
  memberId: string;
  members: MemberIdentity[];
  unknownTags?: UnknownTag[];
}

export interface MemberIdentity {
  memberId: string;
  groupInstanceId: string | null;
  reason: string | null;
  unknownTags?: UnknownTag[];
}

const memberIdentity: StructType = {
  name: 'MemberIdentity',
  struct: [
    { name: 'memberId', type: 'string', versions: [3, 5] },
    { name: 'groupInstanceId', type: 'string', versions: [3, 5], nullable: [3, 5], default: null },
    { name: 'reason', type: 'string', versions: [5, 5], nullable: [5, 5], default: null },
  ],
};

export const leaveGroupRequest: MessageSchema<LeaveGroupRequest> = {
  name: 'LeaveGroupRequest',
  apiKey: 13,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 4,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 5], entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [0, 2] },
    { name: 'members', type: { array: memberIdentity }, versions: [3, 5] },
  ],
};

/** Versions 0 to 5, flexible from 4. */
export interface LeaveGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  members: MemberResponse[];
  unknownTags?: UnknownTag[];
}

export interface MemberResponse {
  memberId: string;
  groupInstanceId: string | null;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const memberResponse: StructType = {
  name: 'MemberResponse',
  struct: [
    { name: 'memberId', type: 'string', versions: [3, 5] },
    { name: 'groupInstanceId', type: 'string', versions: [3, 5], nullable: [3, 5] },
    { name: 'errorCode', type: 'int16', versions: [3, 5] },
  ],
};

export const leaveGroupResponse: MessageSchema<LeaveGroupResponse> = {
  name: 'LeaveGroupResponse',
  apiKey: 13,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 5] },
    { name: 'errorCode', type: 'int16', versions: [0, 5] },
    { name: 'members', type: { array: memberResponse }, versions: [3, 5] },
  ],
};

/** API 13. */
export const leaveGroupApi: Api<LeaveGroupRequest, LeaveGroupResponse> = { key: 13, name: 'LeaveGroup', request: leaveGroupRequest, response: leaveGroupResponse };
