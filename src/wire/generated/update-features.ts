// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 0. */
export interface UpdateFeaturesRequest {
  timeoutMs: number;
  featureUpdates: FeatureUpdateKey[];
  validateOnly: boolean;
  unknownTags?: UnknownTag[];
}

export interface FeatureUpdateKey {
  feature: string;
  maxVersionLevel: number;
  allowDowngrade: boolean;
  upgradeType: number;
  unknownTags?: UnknownTag[];
}

const featureUpdateKey: StructType = {
  name: 'FeatureUpdateKey',
  struct: [
    { name: 'feature', type: 'string', versions: [0, 2] },
    { name: 'maxVersionLevel', type: 'int16', versions: [0, 2] },
    { name: 'allowDowngrade', type: 'bool', versions: [0, 0] },
    { name: 'upgradeType', type: 'int8', versions: [1, 2], default: 1 },
  ],
};

export const updateFeaturesRequest: MessageSchema<UpdateFeaturesRequest> = {
  name: 'UpdateFeaturesRequest',
  apiKey: 57,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'timeoutMs', type: 'int32', versions: [0, 2], default: 60000 },
    { name: 'featureUpdates', type: { array: featureUpdateKey }, versions: [0, 2] },
    { name: 'validateOnly', type: 'bool', versions: [1, 2] },
  ],
};

/** Versions 0 to 2, flexible from 0. */
export interface UpdateFeaturesResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  results: UpdatableFeatureResult[];
  unknownTags?: UnknownTag[];
}

export interface UpdatableFeatureResult {
  feature: string;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const updatableFeatureResult: StructType = {
  name: 'UpdatableFeatureResult',
  struct: [
    { name: 'feature', type: 'string', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2] },
  ],
};

export const updateFeaturesResponse: MessageSchema<UpdateFeaturesResponse> = {
  name: 'UpdateFeaturesResponse',
  apiKey: 57,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2] },
    { name: 'results', type: { array: updatableFeatureResult }, versions: [0, 1] },
  ],
};

/** API 57. */
export const updateFeaturesApi: Api<UpdateFeaturesRequest, UpdateFeaturesResponse> = { key: 57, name: 'UpdateFeatures', request: updateFeaturesRequest, response: updateFeaturesResponse };
