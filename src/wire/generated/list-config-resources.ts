// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface ListConfigResourcesRequest {
  resourceTypes: number[];
  unknownTags?: UnknownTag[];
}

export const listConfigResourcesRequest: MessageSchema<ListConfigResourcesRequest> = {
  name: 'ListConfigResourcesRequest',
  apiKey: 74,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'resourceTypes', type: { array: 'int8' }, versions: [1, 1] },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface ListConfigResourcesResponse {
  throttleTimeMs: number;
  errorCode: number;
  configResources: ConfigResource[];
  unknownTags?: UnknownTag[];
}

export interface ConfigResource {
  resourceName: string;
  resourceType: number;
  unknownTags?: UnknownTag[];
}

const configResource: StructType = {
  name: 'ConfigResource',
  struct: [
    { name: 'resourceName', type: 'string', versions: [0, 1] },
    { name: 'resourceType', type: 'int8', versions: [1, 1], default: 16 },
  ],
};

export const listConfigResourcesResponse: MessageSchema<ListConfigResourcesResponse> = {
  name: 'ListConfigResourcesResponse',
  apiKey: 74,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'configResources', type: { array: configResource }, versions: [0, 1] },
  ],
};

/** API 74. */
export const listConfigResourcesApi: Api<ListConfigResourcesRequest, ListConfigResourcesResponse> = { key: 74, name: 'ListConfigResources', request: listConfigResourcesRequest, response: listConfigResourcesResponse };
