// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 2. */
export interface AlterConfigsRequest {
  resources: AlterConfigsResource[];
  validateOnly: boolean;
  unknownTags?: UnknownTag[];
}

export interface AlterConfigsResource {
  resourceType: number;
  resourceName: string;
  configs: AlterableConfig[];
  unknownTags?: UnknownTag[];
}

export interface AlterableConfig {
  name: string;
  value: string | null;
  unknownTags?: UnknownTag[];
}

const alterableConfig: StructType = {
  name: 'AlterableConfig',
  struct: [
    { name: 'name', type: 'string', versions: [0, 2] },
    { name: 'value', type: 'string', versions: [0, 2], nullable: [0, 2] },
  ],
};

const alterConfigsResource: StructType = {
  name: 'AlterConfigsResource',
  struct: [
    { name: 'resourceType', type: 'int8', versions: [0, 2] },
    { name: 'resourceName', type: 'string', versions: [0, 2] },
    { name: 'configs', type: { array: alterableConfig }, versions: [0, 2] },
  ],
};

export const alterConfigsRequest: MessageSchema<AlterConfigsRequest> = {
  name: 'AlterConfigsRequest',
  apiKey: 33,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'resources', type: { array: alterConfigsResource }, versions: [0, 2] },
    { name: 'validateOnly', type: 'bool', versions: [0, 2] },
  ],
};

/** Versions 0 to 2, flexible from 2. */
export interface AlterConfigsResponse {
  throttleTimeMs: number;
  responses: AlterConfigsResourceResponse[];
  unknownTags?: UnknownTag[];
}

export interface AlterConfigsResourceResponse {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  unknownTags?: UnknownTag[];
}

const alterConfigsResourceResponse: StructType = {
  name: 'AlterConfigsResourceResponse',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2] },
    { name: 'resourceType', type: 'int8', versions: [0, 2] },
    { name: 'resourceName', type: 'string', versions: [0, 2] },
  ],
};

export const alterConfigsResponse: MessageSchema<AlterConfigsResponse> = {
  name: 'AlterConfigsResponse',
  apiKey: 33,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'responses', type: { array: alterConfigsResourceResponse }, versions: [0, 2] },
  ],
};

/** API 33. */
export const alterConfigsApi: Api<AlterConfigsRequest, AlterConfigsResponse> = { key: 33, name: 'AlterConfigs', request: alterConfigsRequest, response: alterConfigsResponse };
