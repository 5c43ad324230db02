// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 2. */
export interface DeleteGroupsRequest {
  groupsNames: string[];
  unknownTags?: UnknownTag[];
}

export const deleteGroupsRequest: MessageSchema<DeleteGroupsRequest> = {
  name: 'DeleteGroupsRequest',
  apiKey: 42,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'groupsNames', type: { array: 'string' }, versions: [0, 2], entityType: 'groupId' },
  ],
};

/** Versions 0 to 2, flexible from 2. */
export interface DeleteGroupsResponse {
  throttleTimeMs: number;
  results: DeletableGroupResult[];
  unknownTags?: UnknownTag[];
}

export interface DeletableGroupResult {
  groupId: string;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

const deletableGroupResult: StructType = {
  name: 'DeletableGroupResult',
  struct: [
    { name: 'groupId', type: 'string', versions: [0, 2], entityType: 'groupId' },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
  ],
};

export const deleteGroupsResponse: MessageSchema<DeleteGroupsResponse> = {
  name: 'DeleteGroupsResponse',
  apiKey: 42,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'results', type: { array: deletableGroupResult }, versions: [0, 2] },
  ],
};

/** API 42. */
export const deleteGroupsApi: Api<DeleteGroupsRequest, DeleteGroupsResponse> = { key: 42, name: 'DeleteGroups', request: deleteGroupsRequest, response: deleteGroupsResponse };
