// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 13, flexible from 9. */
export interface MetadataRequest {
  topics: MetadataRequestTopic[] | null;
  allowAutoTopicCreation: boolean;
  includeClusterAuthorizedOperations: boolean;
  includeTopicAuthorizedOperations: boolean;
  unknownTags?: UnknownTag[];
}

export interface MetadataRequestTopic {
  topicId: string;
  name: string | null;
  unknownTags?: UnknownTag[];
}

const metadataRequestTopic: StructType = {
  name: 'MetadataRequestTopic',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [10, 13] },
    { name: 'name', type: 'string', versions: [0, 13], nullable: [10, 13], entityType: 'topicName' },
  ],
};

export const metadataRequest: MessageSchema<MetadataRequest> = {
  name: 'MetadataRequest',
  apiKey: 3,
  kind: 'request',
  validVersions: [0, 13],
  flexibleFrom: 9,
  fields: [
    { name: 'topics', type: { array: metadataRequestTopic }, versions: [0, 13], nullable: [1, 13] },
    { name: 'allowAutoTopicCreation', type: 'bool', versions: [4, 13], default: true },
    { name: 'includeClusterAuthorizedOperations', type: 'bool', versions: [8, 10] },
    { name: 'includeTopicAuthorizedOperations', type: 'bool', versions: [8, 13] },
  ],
};

/** Versions 0 to 13, flexible from 9. */
export interface MetadataResponse {
  throttleTimeMs: number;
  brokers: MetadataResponseBroker[];
  clusterId: string | null;
  controllerId: number;
  topics: MetadataResponseTopic[];
  clusterAuthorizedOperations: number;
  errorCode: number;
  unknownTags?: UnknownTag[];
}

export interface MetadataResponseTopic {
  errorCode: number;
  name: string | null;
  topicId: string;
  isInternal: boolean;
  partitions: MetadataResponsePartition[];
  topicAuthorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface MetadataResponsePartition {
  errorCode: number;
  partitionIndex: number;
  leaderId: number;
  leaderEpoch: number;
  replicaNodes: number[];
  isrNodes: number[];
  offlineReplicas: number[];
  unknownTags?: UnknownTag[];
}

export interface MetadataResponseBroker {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
  unknownTags?: UnknownTag[];
}

const metadataResponseBroker: StructType = {
  name: 'MetadataResponseBroker',
  struct: [
    { name: 'nodeId', type: 'int32', versions: [0, 13], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [0, 13] },
    { name: 'port', type: 'int32', versions: [0, 13] },
    { name: 'rack', type: 'string', versions: [1, 13], nullable: [1, 13], default: null },
  ],
};

const metadataResponsePartition: StructType = {
  name: 'MetadataResponsePartition',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 13] },
    { name: 'partitionIndex', type: 'int32', versions: [0, 13] },
    { name: 'leaderId', type: 'int32', versions: [0, 13], entityType: 'brokerId' },
    { name: 'leaderEpoch', type: 'int32', versions: [7, 13], default: -1 },
    { name: 'replicaNodes', type: { array: 'int32' }, versions: [0, 13], entityType: 'brokerId' },
    { name: 'isrNodes', type: { array: 'int32' }, versions: [0, 13], entityType: 'brokerId' },
    { name: 'offlineReplicas', type: { array: 'int32' }, versions: [5, 13], entityType: 'brokerId' },
  ],
};

const metadataResponseTopic: StructType = {
  name: 'MetadataResponseTopic',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 13] },
    { name: 'name', type: 'string', versions: [0, 13], nullable: [12, 13], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [10, 13] },
    { name: 'isInternal', type: 'bool', versions: [1, 13] },
    { name: 'partitions', type: { array: metadataResponsePartition }, versions: [0, 13] },
    { name: 'topicAuthorizedOperations', type: 'int32', versions: [8, 13], default: -2147483648 },
  ],
};

export const metadataResponse: MessageSchema<MetadataResponse> = {
  name: 'MetadataResponse',
  apiKey: 3,
  kind: 'response',
  validVersions: [0, 13],
  flexibleFrom: 9,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [3, 13] },
    { name: 'brokers', type: { array: metadataResponseBroker }, versions: [0, 13] },
    { name: 'clusterId', type: 'string', versions: [2, 13], nullable: [2, 13], default: null },
    { name: 'controllerId', type: 'int32', versions: [1, 13], default: -1, entityType: 'brokerId' },
    { name: 'topics', type: { array: metadataResponseTopic }, versions: [0, 13] },
    { name: 'clusterAuthorizedOperations', type: 'int32', versions: [8, 10], default: -2147483648 },
    { name: 'errorCode', type: 'int16', versions: [13, 13] },
  ],
};

/** API 3. */
export const metadataApi: Api<MetadataRequest, MetadataResponse> = { key: 3, name: 'Metadata', request: metadataRequest, response: metadataResponse };
