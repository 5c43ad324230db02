// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 6, flexible from 5. */
export interface DescribeGroupsRequest {
  groups: string[];
  includeAuthorizedOperations: boolean;
  unknownTags?: UnknownTag[];
}

export const describeGroupsRequest: MessageSchema<DescribeGroupsRequest> = {
  name: 'DescribeGroupsRequest',
  apiKey: 15,
  kind: 'request',
  validVersions: [0, 6],
  flexibleFrom: 5,
  fields: [
    { name: 'groups', type: { array: 'string' }, versions: [0, 6], entityType: 'groupId' },
    { name: 'includeAuthorizedOperations', type: 'bool', versions: [3, 6] },
  ],
};

/** Versions 0 to 6, flexible from 5. */
export interface DescribeGroupsResponse {
  throttleTimeMs: number;
  groups: DescribedGroup[];
  unknownTags?: UnknownTag[];
}

export interface DescribedGroup {
  errorCode: number;
  errorMessage: string | null;
  groupId: string;
  groupState: string;
  protocolType: string;
  protocolData: string;
  members: DescribedGroupMember[];
  authorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface DescribedGroupMember {
  memberId: string;
  groupInstanceId: string | null;
  clientId: string;
  clientHost: string;
  memberMetadata: Buffer;
  memberAssignment: Buffer;
  unknownTags?: UnknownTag[];
}

const describedGroupMember: StructType = {
  name: 'DescribedGroupMember',
  struct: [
    { name: 'memberId', type: 'string', versions: [0, 6] },
    { name: 'groupInstanceId', type: 'string', versions: [4, 6], nullable: [4, 6], default: null },
    { name: 'clientId', type: 'string', versions: [0, 6] },
    { name: 'clientHost', type: 'string', versions: [0, 6] },
    { name: 'memberMetadata', type: 'bytes', versions: [0, 6] },
    { name: 'memberAssignment', type: 'bytes', versions: [0, 6] },
  ],
};

const describedGroup: StructType = {
  name: 'DescribedGroup',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 6] },
    { name: 'errorMessage', type: 'string', versions: [6, 6], nullable: [6, 6], default: null },
    { name: 'groupId', type: 'string', versions: [0, 6], entityType: 'groupId' },
    { name: 'groupState', type: 'string', versions: [0, 6] },
    { name: 'protocolType', type: 'string', versions: [0, 6] },
    { name: 'protocolData', type: 'string', versions: [0, 6] },
    { name: 'members', type: { array: describedGroupMember }, versions: [0, 6] },
    { name: 'authorizedOperations', type: 'int32', versions: [3, 6], default: -2147483648 },
  ],
};

export const describeGroupsResponse: MessageSchema<DescribeGroupsResponse> = {
  name: 'DescribeGroupsResponse',
  apiKey: 15,
  kind: 'response',
  validVersions: [0, 6],
  flexibleFrom: 5,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 6] },
    { name: 'groups', type: { array: describedGroup }, versions: [0, 6] },
  ],
};

/** API 15. */
export const describeGroupsApi: Api<DescribeGroupsRequest, DescribeGroupsResponse> = { key: 15, name: 'DescribeGroups', request: describeGroupsRequest, response: describeGroupsResponse };
