// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 4, flexible from 4. */
export interface DescribeConfigsRequest {
  resources: DescribeConfigsResource[];
  includeSynonyms: boolean;
  includeDocumentation: boolean;
  unknownTags?: UnknownTag[];
}

export interface DescribeConfigsResource {
  resourceType: number;
  resourceName: string;
  configurationKeys: string[] | null;
  unknownTags?: UnknownTag[];
}

const describeConfigsResource: StructType = {
  name: 'DescribeConfigsResource',
  struct: [
    { name: 'resourceType', type: 'int8', versions: [1, 4] },
    { name: 'resourceName', type: 'string', versions: [1, 4] },
    { name: 'configurationKeys', type: { array: 'string' }, versions: [1, 4], nullable: [1, 4] },
  ],
};

export const describeConfigsRequest: MessageSchema<DescribeConfigsRequest> = {
  name: 'DescribeConfigsRequest',
  apiKey: 32,
  kind: 'request',
  validVersions: [1, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'resources', type: { array: describeConfigsResource }, versions: [1, 4] },
    { name: 'includeSynonyms', type: 'bool', versions: [1, 4] },
    { name: 'includeDocumentation', type: 'bool', versions: [3, 4] },
  ],
};

/** Versions 1 to 4, flexible from 4. */
export interface DescribeConfigsResponse {
  throttleTimeMs: number;
  results: DescribeConfigsResult[];
  unknownTags?: UnknownTag[];
}

export interface DescribeConfigsResult {
  errorCode: number;
  errorMessage: string | null;
  resourceType: number;
  resourceName: string;
  configs: DescribeConfigsResourceResult[];
  unknownTags?: UnknownTag[];
}

export interface DescribeConfigsResourceResult {
  name: string;
  value: string | null;
  readOnly: boolean;
  configSource: number;
  isSensitive: boolean;
  synonyms: DescribeConfigsSynonym[];
  configType: number;
  documentation: string | null;
  unknownTags?: UnknownTag[];
}

export interface DescribeConfigsSynonym {
  name: string;
  value: string | null;
  source: number;
  unknownTags?: UnknownTag[];
}

const describeConfigsSynonym: StructType = {
  name: 'DescribeConfigsSynonym',
  struct: [
    { name: 'name', type: 'string', versions: [1, 4] },
    { name: 'value', type: 'string', versions: [1, 4], nullable: [1, 4] },
    { name: 'source', type: 'int8', versions: [1, 4] },
  ],
};

const describeConfigsResourceResult: StructType = {
  name: 'DescribeConfigsResourceResult',
  struct: [
    { name: 'name', type: 'string', versions: [1, 4] },
    { name: 'value', type: 'string', versions: [1, 4], nullable: [1, 4] },
    { name: 'readOnly', type: 'bool', versions: [1, 4] },
    { name: 'configSource', type: 'int8', versions: [1, 4], default: -1 },
    { name: 'isSensitive', type: 'bool', versions: [1, 4] },
    { name: 'synonyms', type: { array: describeConfigsSynonym }, versions: [1, 4] },
    { name: 'configType', type: 'int8', versions: [3, 4] },
    { name: 'documentation', type: 'string', versions: [3, 4], nullable: [3, 4] },
  ],
};

const describeConfigsResult: StructType = {
  name: 'DescribeConfigsResult',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 4] },
    { name: 'errorMessage', type: 'string', versions: [1, 4], nullable: [1, 4] },
    { name: 'resourceType', type: 'int8', versions: [1, 4] },
    { name: 'resourceName', type: 'string', versions: [1, 4] },
    { name: 'configs', type: { array: describeConfigsResourceResult }, versions: [1, 4] },
  ],
};

export const describeConfigsResponse: MessageSchema<DescribeConfigsResponse> = {
  name: 'DescribeConfigsResponse',
  apiKey: 32,
  kind: 'response',
  validVersions: [1, 4],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 4] },
    { name: 'results', type: { array: describeConfigsResult }, versions: [1, 4] },
  ],
};

/** API 32. */
export const describeConfigsApi: Api<DescribeConfigsRequest, DescribeConfigsResponse> = { key: 32, name: 'DescribeConfigs', request: describeConfigsRequest, response: describeConfigsResponse };
