// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 9, flexible from 6. */
export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  memberId: string;
  groupInstanceId: string | null;
  protocolType: string;
  protocols: JoinGroupRequestProtocol[];
  reason: string | null;
  unknownTags?: UnknownTag[];
}

export interface JoinGroupRequestProtocol {
  name: string;
  metadata: Buffer;
  unknownTags?: UnknownTag[];
}

const joinGroupRequestProtocol: StructType = {
  name: 'JoinGroupRequestProtocol',
  struct: [
    { name: 'name', type: 'string', versions: [0, 9] },
    { name: 'metadata', type: 'bytes', versions: [0, 9] },
  ],
};

export const joinGroupRequest: MessageSchema<JoinGroupRequest> = {
  name: 'JoinGroupRequest',
  apiKey: 11,
  kind: 'request',
  validVersions: [0, 9],
  flexibleFrom: 6,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 9], entityType: 'groupId' },
    { name: 'sessionTimeoutMs', type: 'int32', versions: [0, 9] },
    { name: 'rebalanceTimeoutMs', type: 'int32', versions: [1, 9], default: -1 },
    { name: 'memberId', type: 'string', versions: [0, 9] },
    { name: 'groupInstanceId', type: 'string', versions: [5, 9], nullable: [5, 9], default: null },
    { name: 'protocolType', type: 'string', versions: [0, 9] },
    { name: 'protocols', type: { array: joinGroupRequestProtocol }, versions: [0, 9] },
    { name: 'reason', type: 'string', versions: [8, 9], nullable: [8, 9], default: null },
  ],
};

/** Versions 0 to 9, flexible from 6. */
export interface JoinGroupResponse {
  throttleTimeMs: number;
  errorCode: number;
  generationId: number;
  protocolType: string | null;
  protocolName: string | null;
  leader: string;
  skipAssignment: boolean;
  memberId: string;
  members: JoinGroupResponseMember[];
  unknownTags?: UnknownTag[];
}

export interface JoinGroupResponseMember {
  memberId: string;
  groupInstanceId: string | null;
  metadata: Buffer;
  unknownTags?: UnknownTag[];
}

const joinGroupResponseMember: StructType = {
  name: 'JoinGroupResponseMember',
  struct: [
    { name: 'memberId', type: 'string', versions: [0, 9] },
    { name: 'groupInstanceId', type: 'string', versions: [5, 9], nullable: [5, 9], default: null },
    { name: 'metadata', type: 'bytes', versions: [0, 9] },
  ],
};

export const joinGroupResponse: MessageSchema<JoinGroupResponse> = {
  name: 'JoinGroupResponse',
  apiKey: 11,
  kind: 'response',
  validVersions: [0, 9],
  flexibleFrom: 6,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [2, 9] },
    { name: 'errorCode', type: 'int16', versions: [0, 9] },
    { name: 'generationId', type: 'int32', versions: [0, 9], default: -1 },
    { name: 'protocolType', type: 'string', versions: [7, 9], nullable: [7, 9], default: null },
    { name: 'protocolName', type: 'string', versions: [0, 9], nullable: [7, 9] },
    { name: 'leader', type: 'string', versions: [0, 9] },
    { name: 'skipAssignment', type: 'bool', versions: [9, 9] },
    { name: 'memberId', type: 'string', versions: [0, 9] },
    { name: 'members', type: { array: joinGroupResponseMember }, versions: [0, 9] },
  ],
};

/** API 11. */
export const joinGroupApi: Api<JoinGroupRequest, JoinGroupResponse> = { key: 11, name: 'JoinGroup', request: joinGroupRequest, response: joinGroupResponse };
