// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 5, flexible from 3. */
export interface ListGroupsRequest {
  statesFilter: string[];
  typesFilter: string[];
  unknownTags?: UnknownTag[];
}

export const listGroupsRequest: MessageSchema<ListGroupsRequest> = {
  name: 'ListGroupsRequest',
  apiKey: 16,
  kind: 'request',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'statesFilter', type: { array: 'string' }, versions: [4, 5] },
    { name: 'typesFilter', type: { array: 'string' }, versions: [5, 5] },
  ],
};

/** Versions 0 to 5, flexible from 3. */
export interface ListGroupsResponse {
  throttleTimeMs: number;
  errorCode: number;
  groups: ListedGroup[];
  unknownTags?: UnknownTag[];
}

export interface ListedGroup {
  groupId: string;
  protocolType: string;
  groupState: string;
  groupType: string;
  unknownTags?: UnknownTag[];
}

const listedGroup: StructType = {
  name: 'ListedGroup',
  struct: [
    { name: 'groupId', type: 'string', versions: [0, 5], entityType: 'groupId' },
    { name: 'protocolType', type: 'string', versions: [0, 5] },
    { name: 'groupState', type: 'string', versions: [4, 5] },
    { name: 'groupType', type: 'string', versions: [5, 5] },
  ],
};

export const listGroupsResponse: MessageSchema<ListGroupsResponse> = {
  name: 'ListGroupsResponse',
  apiKey: 16,
  kind: 'response',
  validVersions: [0, 5],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 5] },
    { name: 'errorCode', type: 'int16', versions: [0, 5] },
    { name: 'groups', type: { array: listedGroup }, versions: [0, 5] },
  ],
};

/** API 16. */
export const listGroupsApi: Api<ListGroupsRequest, ListGroupsResponse> = { key: 16, name: 'ListGroups', request: listGroupsRequest, response: listGroupsResponse };
