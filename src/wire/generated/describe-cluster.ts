// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 0. */
export interface DescribeClusterRequest {
  includeClusterAuthorizedOperations: boolean;
  endpointType: number;
  includeFencedBrokers: boolean;
  unknownTags?: UnknownTag[];
}

export const describeClusterRequest: MessageSchema<DescribeClusterRequest> = {
  name: 'DescribeClusterRequest',
  apiKey: 60,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'includeClusterAuthorizedOperations', type: 'bool', versions: [0, 2] },
    { name: 'endpointType', type: 'int8', versions: [1, 2], default: 1 },
    { name: 'includeFencedBrokers', type: 'bool', versions: [2, 2] },
  ],
};

/** Versions 0 to 2, flexible from 0. */
export interface DescribeClusterResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  endpointType: number;
  clusterId: string;
  controllerId: number;
  brokers: DescribeClusterBroker[];
  clusterAuthorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface DescribeClusterBroker {
  brokerId: number;
  host: string;
  port: number;
  rack: string | null;
  isFenced: boolean;
  unknownTags?: UnknownTag[];
}

const describeClusterBroker: StructType = {
  name: 'DescribeClusterBroker',
  struct: [
    { name: 'brokerId', type: 'int32', versions: [0, 2], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [0, 2] },
    { name: 'port', type: 'int32', versions: [0, 2] },
    { name: 'rack', type: 'string', versions: [0, 2], nullable: [0, 2], default: null },
    { name: 'isFenced', type: 'bool', versions: [2, 2] },
  ],
};

export const describeClusterResponse: MessageSchema<DescribeClusterResponse> = {
  name: 'DescribeClusterResponse',
  apiKey: 60,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2], default: null },
    { name: 'endpointType', type: 'int8', versions: [1, 2], default: 1 },
    { name: 'clusterId', type: 'string', versions: [0, 2] },
    { name: 'controllerId', type: 'int32', versions: [0, 2], default: -1, entityType: 'brokerId' },
    { name: 'brokers', type: { array: describeClusterBroker }, versions: [0, 2] },
    { name: 'clusterAuthorizedOperations', type: 'int32', versions: [0, 2], default: -2147483648 },
  ],
};

/** API 60. */
export const describeClusterApi: Api<DescribeClusterRequest, DescribeClusterResponse> = { key: 60, name: 'DescribeCluster', request: describeClusterRequest, response: describeClusterResponse };
