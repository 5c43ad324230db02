// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 2. */
export interface ElectLeadersRequest {
  electionType: number;
  topicPartitions: TopicPartitions[] | null;
  timeoutMs: number;
  unknownTags?: UnknownTag[];
}

export interface TopicPartitions {
  topic: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const topicPartitions: StructType = {
  name: 'TopicPartitions',
  struct: [
    { name: 'topic', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 2] },
  ],
};

export const electLeadersRequest: MessageSchema<ElectLeadersRequest> = {
  name: 'ElectLeadersRequest',
  apiKey: 43,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'electionType', type: 'int8', versions: [1, 2] },
    { name: 'topicPartitions', type: { array: topicPartitions }, versions: [0, 2], nullable: [0, 2] },
    { name: 'timeoutMs', type: 'int32', versions: [0, 2], default: 60000 },
  ],
};

/** Versions 0 to 2, flexible from 2. */
export interface ElectLeadersResponse {
  throttleTimeMs: number;
  errorCode: number;
  replicaElectionResults: ReplicaElectionResult[];
  unknownTags?: UnknownTag[];
}

export interface ReplicaElectionResult {
  topic: string;
  partitionResult: PartitionResult[];
  unknownTags?: UnknownTag[];
}

export interface PartitionResult {
  partitionId: number;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const partitionResult: StructType = {
  name: 'PartitionResult',
  struct: [
    { name: 'partitionId', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [0, 2], nullable: [0, 2] },
  ],
};

const replicaElectionResult: StructType = {
  name: 'ReplicaElectionResult',
  struct: [
    { name: 'topic', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitionResult', type: { array: partitionResult }, versions: [0, 2] },
  ],
};

export const electLeadersResponse: MessageSchema<ElectLeadersResponse> = {
  name: 'ElectLeadersResponse',
  apiKey: 43,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'replicaElectionResults', type: { array: replicaElectionResult }, versions: [0, 2] },
  ],
};

/** API 43. */
export const electLeadersApi: Api<ElectLeadersRequest, ElectLeadersResponse> = { key: 43, name: 'ElectLeaders', request: electLeadersRequest, response: electLeadersResponse };
