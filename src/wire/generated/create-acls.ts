// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 3, flexible from 2. */
export interface CreateAclsRequest {
  creations: AclCreation[];
  unknownTags?: UnknownTag[];
}

export interface AclCreation {
  resourceType: number;
  resourceName: string;
  resourcePatternType: number;
  principal: string;
  host: string;
  operation: number;
  permissionType: number;
  unknownTags?: UnknownTag[];
}

const aclCreation: StructType = {
  name: 'AclCreation',
  struct: [
    { name: 'resourceType', type: 'int8', versions: [1, 3] },
    { name: 'resourceName', type: 'string', versions: [1, 3] },
    { name: 'resourcePatternType', type: 'int8', versions: [1, 3], default: 3 },
    { name: 'principal', type: 'string', versions: [1, 3] },
    { name: 'host', type: 'string', versions: [1, 3] },
    { name: 'operation', type: 'int8', versions: [1, 3] },
    { name: 'permissionType', type: 'int8', versions: [1, 3] },
  ],
};

export const createAclsRequest: MessageSchema<CreateAclsRequest> = {
  name: 'CreateAclsRequest',
  apiKey: 30,
  kind: 'request',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'creations', type: { array: aclCreation }, versions: [1, 3] },
  ],
};

/** Versions 1 to 3, flexible from 2. */
export interface CreateAclsResponse {
  throttleTimeMs: number;
  results: AclCreationResult[];
  unknownTags?: UnknownTag[];
}

export interface AclCreationResult {
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const aclCreationResult: StructType = {
  name: 'AclCreationResult',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 3] },
    { name: 'errorMessage', type: 'string', versions: [1, 3], nullable: [1, 3] },
  ],
};

export const createAclsResponse: MessageSchema<CreateAclsResponse> = {
  name: 'CreateAclsResponse',
  apiKey: 30,
  kind: 'response',
  validVersions: [1, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 3] },
    { name: 'results', type: { array: aclCreationResult }, versions: [1, 3] },
  ],
};

/** API 30. */
export const createAclsApi: Api<CreateAclsRequest, CreateAclsResponse> = { key: 30, name: 'CreateAcls', request: createAclsRequest, response: createAclsResponse };
