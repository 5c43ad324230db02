// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 1. */
export interface DescribeClientQuotasRequest {
  components: ComponentData[];
  strict: boolean;
  unknownTags?: UnknownTag[];
}

export interface ComponentData {
  entityType: string;
  matchType: number;
  match: string | null;
  unknownTags?: UnknownTag[];
}

const componentData: StructType = {
  name: 'ComponentData',
  struct: [
    { name: 'entityType', type: 'string', versions: [0, 1] },
    { name: 'matchType', type: 'int8', versions: [0, 1] },
    { name: 'match', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

export const describeClientQuotasRequest: MessageSchema<DescribeClientQuotasRequest> = {
  name: 'DescribeClientQuotasRequest',
  apiKey: 48,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'components', type: { array: componentData }, versions: [0, 1] },
    { name: 'strict', type: 'bool', versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 1. */
export interface DescribeClientQuotasResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  entries: EntryData[] | null;
  unknownTags?: UnknownTag[];
}

export interface EntryData {
  entity: EntityData[];
  values: ValueData[];
  unknownTags?: UnknownTag[];
}

export interface ValueData {
  key: string;
  value: number;
  unknownTags?: UnknownTag[];
}

export interface EntityData {
  entityType: string;
  entityName: string | null;
  unknownTags?: UnknownTag[];
}

const entityData: StructType = {
  name: 'EntityData',
  struct: [
    { name: 'entityType', type: 'string', versions: [0, 1] },
    { name: 'entityName', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

const valueData: StructType = {
  name: 'ValueData',
  struct: [
    { name: 'key', type: 'string', versions: [0, 1] },
    { name: 'value', type: 'float64', versions: [0, 1] },
  ],
};

const entryData: StructType = {
  name: 'EntryData',
  struct: [
    { name: 'entity', type: { array: entityData }, versions: [0, 1] },
    { name: 'values', type: { array: valueData }, versions: [0, 1] },
  ],
};

export const describeClientQuotasResponse: MessageSchema<DescribeClientQuotasResponse> = {
  name: 'DescribeClientQuotasResponse',
  apiKey: 48,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
    { name: 'entries', type: { array: entryData }, versions: [0, 1], nullable: [0, 1] },
  ],
};

/** API 48. */
export const describeClientQuotasApi: Api<DescribeClientQuotasRequest, DescribeClientQuotasResponse> = { key: 48, name: 'DescribeClientQuotas', request: describeClientQuotasRequest, response: describeClientQuotasResponse };
