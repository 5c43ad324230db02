// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface GetTelemetrySubscriptionsRequest {
  clientInstanceId: string;
  unknownTags?: UnknownTag[];
}

export const getTelemetrySubscriptionsRequest: MessageSchema<GetTelemetrySubscriptionsRequest> = {
  name: 'GetTelemetrySubscriptionsRequest',
  apiKey: 71,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'clientInstanceId', type: 'uuid', versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface GetTelemetrySubscriptionsResponse {
  throttleTimeMs: number;
  errorCode: number;
  clientInstanceId: string;
  subscriptionId: number;
  acceptedCompressionTypes: number[];
  pushIntervalMs: number;
  telemetryMaxBytes: number;
  deltaTemporality: boolean;
  requestedMetrics: string[];
  unknownTags?: UnknownTag[];
}

export const getTelemetrySubscriptionsResponse: MessageSchema<GetTelemetrySubscriptionsResponse> = {
  name: 'GetTelemetrySubscriptionsResponse',
  apiKey: 71,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'clientInstanceId', type: 'uuid', versions: [0, 0] },
    { name: 'subscriptionId', type: 'int32', versions: [0, 0] },
    { name: 'acceptedCompressionTypes', type: { array: 'int8' }, versions: [0, 0] },
    { name: 'pushIntervalMs', type: 'int32', versions: [0, 0] },
    { name: 'telemetryMaxBytes', type: 'int32', versions: [0, 0] },
    { name: 'deltaTemporality', type: 'bool', versions: [0, 0] },
    { name: 'requestedMetrics', type: { array: 'string' }, versions: [0, 0] },
  ],
};

/** API 71. */
export const getTelemetrySubscriptionsApi: Api<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse> = { key: 71, name: 'GetTelemetrySubscriptions', request: getTelemetrySubscriptionsRequest, response: getTelemetrySubscriptionsResponse };
