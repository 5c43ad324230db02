// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface AlterPartitionReassignmentsRequest {
  timeoutMs: number;
  allowReplicationFactorChange: boolean;
  topics: ReassignableTopic[];
  unknownTags?: UnknownTag[];
}

export interface ReassignableTopic {
  name: string;
  partitions: ReassignablePartition[];
  unknownTags?: UnknownTag[];
}

export interface ReassignablePartition {
  partitionIndex: number;
  replicas: number[] | null;
  unknownTags?: UnknownTag[];
}

const reassignablePartition: StructType = {
  name: 'ReassignablePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 1] },
    { name: 'replicas', type: { array: 'int32' }, versions: [0, 1], nullable: [0, 1], default: null, entityType: 'brokerId' },
  ],
};

const reassignableTopic: StructType = {
  name: 'ReassignableTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 1], entityType: 'topicName' },
    { name: 'partitions', type: { array: reassignablePartition }, versions: [0, 1] },
  ],
};

export const alterPartitionReassignmentsRequest: MessageSchema<AlterPartitionReassignmentsRequest> = {
  name: 'AlterPartitionReassignmentsRequest',
  apiKey: 45,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'timeoutMs', type: 'int32', versions: [0, 1], default: 60000 },
    { name: 'allowReplicationFactorChange', type: 'bool', versions: [1, 1], default: true },
    { name: 'topics', type: { array: reassignableTopic }, versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface AlterPartitionReassignmentsResponse {
  throttleTimeMs: number;
  allowReplicationFactorChange: boolean;
  errorCode: number;
  errorMessage: string | null;
  responses: ReassignableTopicResponse[];
  unknownTags?: UnknownTag[];
}

export interface ReassignableTopicResponse {
  name: string;
  partitions: ReassignablePartitionResponse[];
  unknownTags?: UnknownTag[];
}

export interface ReassignablePartitionResponse {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const reassignablePartitionResponse: StructType = {
  name: 'ReassignablePartitionResponse',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
  ],
};

const reassignableTopicResponse: StructType = {
  name: 'ReassignableTopicResponse',
  struct: [
    { name: 'name', type: 'string', versions: [0, 1], entityType: 'topicName' },
    { name: 'partitions', type: { array: reassignablePartitionResponse }, versions: [0, 1] },
  ],
};

export const alterPartitionReassignmentsResponse: MessageSchema<AlterPartitionReassignmentsResponse> = {
  name: 'AlterPartitionReassignmentsResponse',
  apiKey: 45,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'allowReplicationFactorChange', type: 'bool', versions: [1, 1], default: true },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1] },
    { name: 'responses', type: { array: reassignableTopicResponse }, versions: [0, 1] },
  ],
};

/** API 45. */
export const alterPartitionReassignmentsApi: Api<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> = { key: 45, name: 'AlterPartitionReassignments', request: alterPartitionReassignmentsRequest, response: alterPartitionReassignmentsResponse };
