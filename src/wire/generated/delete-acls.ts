// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 3, flexible from 2. */
export interface DeleteAclsRequest {
  filters: DeleteAclsFilter[];
  unknownTags?: UnknownTag[];
}

export interface DeleteAclsFilter {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
  unknownTags?: UnknownTag[];
}

const deleteAclsFilter: StructType = {
  name: 'DeleteAclsFilter',
  struct: [
    { name: 'resourceTypeFilter', type: 'int8', versions: [1, 3] },
    { name: 'resourceNameFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'patternTypeFilter', type: 'int8', versions: [1, 3], default: 3 },
    { name: 'principalFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'hostFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'operation', type: 'int8', versions: [1, 3] },
    { name: 'permissionType', type: 'int8', versions: [1, 3] },
  ],
};

export const deleteAclsRequest: MessageSchema<DeleteAclsRequest> = {
  name: 'DeleteAclsRequest',
  apiKey: 31,
  kind: 'request',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'filters', type: { array: deleteAclsFilter }, versions: [1, 3] },
  ],
};

/** Versions 1 to 3, flexible from 2. */
export interface DeleteAclsResponse {
  throttleTimeMs: number;
  filterResults: DeleteAclsFilterResult[];
  unknownTags?: UnknownTag[];
}

export interface DeleteAclsFilterResult {
  errorCode: number;
  errorMessage: string | null;
  matchingAcls: DeleteAclsMatchingAcl[];
  unknownTags?: UnknownTag[];
}

export interface DeleteAclsMatchingAcl {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  patternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
  unknownTags?: UnknownTag[];
}

const deleteAclsMatchingAcl: StructType = {
  name: 'DeleteAclsMatchingAcl',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'errorMessage', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'resourceType', type: 'int8', versions: [1, 3] },
    { name: 'resourceName', type: 'string', versions: [1, 3] },
    { name: 'patternType', type: 'int8', versions: [1, 3], default: 3 },
    { name: 'principal', type: 'string', versions: [1, 3] },
    { name: 'host', type: 'string', versions: [1, 3] },
    { name: 'operation', type: 'int8', versions: [1, 3] },
    { name: 'permissionType', type: 'int8', versions: [1, 3] },
  ],
};

const deleteAclsFilterResult: StructType = {
  name: 'DeleteAclsFilterResult',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'errorMessage', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'matchingAcls', type: { array: deleteAclsMatchingAcl }, versions: [1, 3] },
  ],
};

export const deleteAclsResponse: MessageSchema<DeleteAclsResponse> = {
  name: 'DeleteAclsResponse',
  apiKey: 31,
  kind: 'response',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 3] },
    { name: 'filterResults', type: { array: deleteAclsFilterResult }, versions: [1, 3] },
  ],
};

/** API 31. */
export const deleteAclsApi: Api<DeleteAclsRequest, DeleteAclsResponse> = { key: 31, name: 'DeleteAcls', request: deleteAclsRequest, response: deleteAclsResponse };
