// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 3, flexible from 2. */
export interface DescribeAclsRequest {
  resourceTypeFilter: number;
  resourceNameFilter: string | null;
  patternTypeFilter: number;
  principalFilter: string | null;
  hostFilter: string | null;
  operation: number;
  permissionType: number;
  unknownTags?: UnknownTag[];
}

export const describeAclsRequest: MessageSchema<DescribeAclsRequest> = {
  name: 'DescribeAclsRequest',
  apiKey: 29,
  kind: 'request',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'resourceTypeFilter', type: 'int8', versions: [1, 3] },
    { name: 'resourceNameFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'patternTypeFilter', type: 'int8', versions: [1, 3], default: 3 },
    { name: 'principalFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'hostFilter', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'operation', type: 'int8', versions: [1, 3] },
    { name: 'permissionType', type: 'int8', versions: [1, 3] },
  ],
};

/** Versions 1 to 3, flexible from 2. */
export interface DescribeAclsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  resources: DescribeAclsResource[];
  unknownTags?: UnknownTag[];
}

export interface DescribeAclsResource {
  resourceType: number;
  resourceName: string;
  patternType: number;
  acls: AclDescription[];
  unknownTags?: UnknownTag[];
}

export interface AclDescription {
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
  unknownTags?: UnknownTag[];
}

const aclDescription: StructType = {
  name: 'AclDescription',
  struct: [
    { name: 'principal', type: 'string', versions: [1, 3] },
    { name: 'host', type: 'string', versions: [1, 3] },
    { name: 'operation', type: 'int8', versions: [1, 3] },
    { name: 'permissionType', type: 'int8', versions: [1, 3] },
  ],
};

const describeAclsResource: StructType = {
  name: 'DescribeAclsResource',
  struct: [
    { name: 'resourceType', type: 'int8', versions: [1, 3] },
    { name: 'resourceName', type: 'string', versions: [1, 3] },
    { name: 'patternType', type: 'int8', versions: [1, 3], default: 3 },
    { name: 'acls', type: { array: aclDescription }, versions: [1, 3] },
  ],
};

export const describeAclsResponse: MessageSchema<DescribeAclsResponse> = {
  name: 'DescribeAclsResponse',
  apiKey: 29,
  kind: 'response',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 3] },
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'errorMessage', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'resources', type: { array: describeAclsResource }, versions: [1, 3] },
  ],
};

/** API 29. */
export const describeAclsApi: Api<DescribeAclsRequest, DescribeAclsResponse> = { key: 29, name: 'DescribeAcls', request: describeAclsRequest, response: describeAclsResponse };
