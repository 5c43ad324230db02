// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 1. */
export interface IncrementalAlterConfigsRequest {
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
  configOperation: number;
  value: string | null;
  unknownTags?: UnknownTag[];
}

const alterableConfig: StructType = {
  name: 'AlterableConfig',
  struct: [
    { name: 'name', type: 'string', versions: [0, 1] },
    { name: 'configOperation', type: 'int8', versions: [0, 1] },
    { name: 'value', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

const alterConfigsResource: StructType = {
  name: 'AlterConfigsResource',
  struct: [
    { name: 'resourceType', type: 'int8', versions: [0, 1] },
    { name: 'resourceName', type: 'string', versions: [0, 1] },
    { name: 'configs', type: { array: alterableConfig }, versions: [0, 1] },
  ],
};

export const incrementalAlterConfigsRequest: MessageSchema<IncrementalAlterConfigsRequest> = {
  name: 'IncrementalAlterConfigsRequest',
  apiKey: 44,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'resources', type: { array: alterConfigsResource }, versions: [0, 1] },
    { name: 'validateOnly', type: 'bool', versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 1. */
export interface IncrementalAlterConfigsResponse {
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
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
    { name: 'resourceType', type: 'int8', versions: [0, 1] },
    { name: 'resourceName', type: 'string', versions: [0, 1] },
  ],
};

export const incrementalAlterConfigsResponse: MessageSchema<IncrementalAlterConfigsResponse> = {
  name: 'IncrementalAlterConfigsResponse',
  apiKey: 44,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'responses', type: { array: alterConfigsResourceResponse }, versions: [0, 1] },
  ],
};

/** API 44. */
export const incrementalAlterConfigsApi: Api<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> = { key: 44, name: 'IncrementalAlterConfigs', request: incrementalAlterConfigsRequest, response: incrementalAlterConfigsResponse };
