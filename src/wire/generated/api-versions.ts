// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 4, flexible from 3. */
export interface ApiVersionsRequest {
  clientSoftwareName: string;
  clientSoftwareVersion: string;
  unknownTags?: UnknownTag[];
}

export const apiVersionsRequest: MessageSchema<ApiVersionsRequest> = {
  name: 'ApiVersionsRequest',
  apiKey: 18,
  kind: 'request',
  validVersions: [0, 4],
  flexibleFrom: 3,
  fields: [
    { name: 'clientSoftwareName', type: 'string', versions: [3, 4] },
    { name: 'clientSoftwareVersion', type: 'string', versions: [3, 4] },
  ],
};

/** Versions 0 to 4, flexible from 3. */
export interface ApiVersionsResponse {
  errorCode: number;
  apiKeys: ApiVersion[];
  throttleTimeMs: number;
  supportedFeatures: SupportedFeatureKey[];
  finalizedFeaturesEpoch: bigint;
  finalizedFeatures: FinalizedFeatureKey[];
  zkMigrationReady: boolean;
  unknownTags?: UnknownTag[];
}

export interface FinalizedFeatureKey {
  name: string;
  maxVersionLevel: number;
  minVersionLevel: number;
  unknownTags?: UnknownTag[];
}

export interface SupportedFeatureKey {
  name: string;
  minVersion: number;
  maxVersion: number;
  unknownTags?: UnknownTag[];
}

export interface ApiVersion {
  apiKey: number;
  minVersion: number;
  maxVersion: number;
  unknownTags?: UnknownTag[];
}

const apiVersion: StructType = {
  name: 'ApiVersion',
  struct: [
    { name: 'apiKey', type: 'int16', versions: [0, 4] },
    { name: 'minVersion', type: 'int16', versions: [0, 4] },
    { name: 'maxVersion', type: 'int16', versions: [0, 4] },
  ],
};

const supportedFeatureKey: StructType = {
  name: 'SupportedFeatureKey',
  struct: [
    { name: 'name', type: 'string', versions: [3, 4] },
    { name: 'minVersion', type: 'int16', versions: [3, 4] },
    { name: 'maxVersion', type: 'int16', versions: [3, 4] },
  ],
};

const finalizedFeatureKey: StructType = {
  name: 'FinalizedFeatureKey',
  struct: [
    { name: 'name', type: 'string', versions: [3, 4] },
    { name: 'maxVersionLevel', type: 'int16', versions: [3, 4] },
    { name: 'minVersionLevel', type: 'int16', versions: [3, 4] },
  ],
};

export const apiVersionsResponse: MessageSchema<ApiVersionsResponse> = {
  name: 'ApiVersionsResponse',
  apiKey: 18,
  kind: 'response',
  validVersions: [0, 4],
  flexibleFrom: 3,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [0, 4] },
    { name: 'apiKeys', type: { array: apiVersion }, versions: [0, 4] },
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 4] },
    { name: 'supportedFeatures', type: { array: supportedFeatureKey }, versions: [3, 4], tag: 0, tagged: [3, 4] },
    { name: 'finalizedFeaturesEpoch', type: 'int64', versions: [3, 4], tag: 1, tagged: [3, 4], default: -1n },
    { name: 'finalizedFeatures', type: { array: finalizedFeatureKey }, versions: [3, 4], tag: 2, tagged: [3, 4] },
    { name: 'zkMigrationReady', type: 'bool', versions: [3, 4], tag: 3, tagged: [3, 4] },
  ],
};

/** API 18. */
export const apiVersionsApi: Api<ApiVersionsRequest, ApiVersionsResponse> = { key: 18, name: 'ApiVersions', request: apiVersionsRequest, response: apiVersionsResponse };
