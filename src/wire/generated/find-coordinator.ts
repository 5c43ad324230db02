// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 6, flexible from 3. */
export interface FindCoordinatorRequest {
  key: string;
  keyType: number;
  coordinatorKeys: string[];
  unknownTags?: UnknownTag[];
}

export const findCoordinatorRequest: MessageSchema<FindCoordinatorRequest> = {
  name: 'FindCoordinatorRequest',
  apiKey: 10,
  kind: 'request',
  validVersions: [0, 6],
  flexibleFrom: 3,
  fields: [
    { name: 'key', type: 'string', versions: [0, 3] },
    { name: 'keyType', type: 'int8', versions: [1, 6] },
    { name: 'coordinatorKeys', type: { array: 'string' }, versions: [4, 6] },
  ],
};

/** Versions 0 to 6, flexible from 3. */
export interface FindCoordinatorResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  nodeId: number;
  host: string;
  port: number;
  coordinators: Coordinator[];
  unknownTags?: UnknownTag[];
}

export interface Coordinator {
  key: string;
  nodeId: number;
  host: string;
  port: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const coordinator: StructType = {
  name: 'Coordinator',
  struct: [
    { name: 'key', type: 'string', versions: [4, 6] },
    { name: 'nodeId', type: 'int32', versions: [4, 6], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [4, 6] },
    { name: 'port', type: 'int32', versions: [4, 6] },
    { name: 'errorCode', type: 'int16', versions: [4, 6] },
    { name: 'errorMessage', type: 'string', versions: [4, 6], nullable: [4, 6] },
  ],
};

export const findCoordinatorResponse: MessageSchema<FindCoordinatorResponse> = {
  name: 'FindCoordinatorResponse',
  apiKey: 10,
  kind: 'response',
  validVersions: [0, 6],
  flexibleFrom: 3,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 6] },
    { name: 'errorCode', type: 'int16', versions: [0, 3] },
    { name: 'errorMessage', type: 'string', versions: [1, 3], nullable: [1, 3] },
    { name: 'nodeId', type: 'int32', versions: [0, 3], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [0, 3] },
    { name: 'port', type: 'int32', versions: [0, 3] },
    { name: 'coordinators', type: { array: coordinator }, versions: [4, 6] },
  ],
};

/** API 10. */
export const findCoordinatorApi: Api<FindCoordinatorRequest, FindCoordinatorResponse> = { key: 10, name: 'FindCoordinator', request: findCoordinatorRequest, response: findCoordinatorResponse };
