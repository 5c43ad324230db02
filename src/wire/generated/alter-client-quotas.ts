// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 1. */
export interface AlterClientQuotasRequest {
  entries: AlterClientQuotasRequestEntryData[];
  validateOnly: boolean;
  unknownTags?: UnknownTag[];
}

export interface AlterClientQuotasRequestEntryData {
  entity: AlterClientQuotasRequestEntityData[];
  ops: OpData[];
  unknownTags?: UnknownTag[];
}

export interface OpData {
  key: string;
  value: number;
  remove: boolean;
  unknownTags?: UnknownTag[];
}

export interface AlterClientQuotasRequestEntityData {
  entityType: string;
  entityName: string | null;
  unknownTags?: UnknownTag[];
}

const alterClientQuotasRequestEntityData: StructType = {
  name: 'EntityData',
  struct: [
    { name: 'entityType', type: 'string', versions: [0, 1] },
    { name: 'entityName', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

const opData: StructType = {
  name: 'OpData',
  struct: [
    { name: 'key', type: 'string', versions: [0, 1] },
    { name: 'value', type: 'float64', versions: [0, 1] },
    { name: 'remove', type: 'bool', versions: [0, 1] },
  ],
};

const alterClientQuotasRequestEntryData: StructType = {
  name: 'EntryData',
  struct: [
    { name: 'entity', type: { array: alterClientQuotasRequestEntityData }, versions: [0, 1] },
    { name: 'ops', type: { array: opData }, versions: [0, 1] },
  ],
};

export const alterClientQuotasRequest: MessageSchema<AlterClientQuotasRequest> = {
  name: 'AlterClientQuotasRequest',
  apiKey: 49,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'entries', type: { array: alterClientQuotasRequestEntryData }, versions: [0, 1] },
    { name: 'validateOnly', type: 'bool', versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 1. */
export interface AlterClientQuotasResponse {
  throttleTimeMs: number;
  entries: AlterClientQuotasResponseEntryData[];
  unknownTags?: UnknownTag[];
}

export interface AlterClientQuotasResponseEntryData {
  errorCode: number;
  errorMessage: string | null;
  entity: AlterClientQuotasResponseEntityData[];
  unknownTags?: UnknownTag[];
}

export interface AlterClientQuotasResponseEntityData {
  entityType: string;
  entityName: string | null;
  unknownTags?: UnknownTag[];
}

const alterClientQuotasResponseEntityData: StructType = {
  name: 'EntityData',
  struct: [
    { name: 'entityType', type: 'string', versions: [0, 1] },
    { name: 'entityName', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

const alterClientQuotasResponseEntryData: StructType = {
  name: 'EntryData',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
    { name: 'entity', type: { array: alterClientQuotasResponseEntityData }, versions: [0, 1] },
  ],
};

export const alterClientQuotasResponse: MessageSchema<AlterClientQuotasResponse> = {
  name: 'AlterClientQuotasResponse',
  apiKey: 49,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 1,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'entries', type: { array: alterClientQuotasResponseEntryData }, versions: [0, 1] },
  ],
};

/** API 49. */
export const alterClientQuotasApi: Api<AlterClientQuotasRequest, AlterClientQuotasResponse> = { key: 49, name: 'AlterClientQuotas', request: alterClientQuotasRequest, response: alterClientQuotasResponse };
