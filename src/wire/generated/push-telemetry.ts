// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface PushTelemetryRequest {
  clientInstanceId: string;
  subscriptionId: number;
  terminating: boolean;
  compressionType: number;
  metrics: Buffer;
  unknownTags?: UnknownTag[];
}

export const pushTelemetryRequest: MessageSchema<PushTelemetryRequest> = {
  name: 'PushTelemetryRequest',
  apiKey: 72,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'clientInstanceId', type: 'uuid', versions: [0, 0] },
    { name: 'subscriptionId', type: 'int32', versions: [0, 0] },
    { name: 'terminating', type: 'bool', versions: [0, 0] },
    { name: 'compressionType', type: 'int8', versions: [0, 0] },
    { name: 'metrics', type: 'bytes', versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface PushTelemetryResponse {
  throttleTimeMs: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export const pushTelemetryResponse: MessageSchema<PushTelemetryResponse> = {
  name: 'PushTelemetryResponse',
  apiKey: 72,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
  ],
};

/** API 72. */
export const pushTelemetryApi: Api<PushTelemetryRequest, PushTelemetryResponse> = { key: 72, name: 'PushTelemetry', request: pushTelemetryRequest, response: pushTelemetryResponse };
