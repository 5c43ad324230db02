// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface ListPartitionReassignmentsRequest {
  timeoutMs: number;
  topics: ListPartitionReassignmentsTopics[] | null;
  unknownTags?: UnknownTag[];
}

export interface ListPartitionReassignmentsTopics {
  name: string;
  partitionIndexes: number[];
  unknownTags?: UnknownTag[];
}

const listPartitionReassignmentsTopics: StructType = {
  name: 'ListPartitionReassignmentsTopics',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitionIndexes', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

export const listPartitionReassignmentsRequest: MessageSchema<ListPartitionReassignmentsRequest> = {
  name: 'ListPartitionReassignmentsRequest',
  apiKey: 46,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'timeoutMs', type: 'int32', versions: [0, 0], default: 60000 },
    { name: 'topics', type: { array: listPartitionReassignmentsTopics }, versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface ListPartitionReassignmentsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  topics: OngoingTopicReassignment[];
  unknownTags?: UnknownTag[];
}

export interface OngoingTopicReassignment {
  name: string;
  partitions: OngoingPartitionReassignment[];
  unknownTags?: UnknownTag[];
}

export interface OngoingPartitionReassignment {
  partitionIndex: number;
  replicas: number[];
  addingReplicas: number[];
  removingReplicas: number[];
  unknownTags?: UnknownTag[];
}

const ongoingPartitionReassignment: StructType = {
  name: 'OngoingPartitionReassignment',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 0] },
    { name: 'replicas', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
    { name: 'addingReplicas', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
    { name: 'removingReplicas', type: { array: 'int32' }, versions: [0, 0], entityType: 'brokerId' },
  ],
};

const ongoingTopicReassignment: StructType = {
  name: 'OngoingTopicReassignment',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: ongoingPartitionReassignment }, versions: [0, 0] },
  ],
};

export const listPartitionReassignmentsResponse: MessageSchema<ListPartitionReassignmentsResponse> = {
  name: 'ListPartitionReassignmentsResponse',
  apiKey: 46,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0] },
    { name: 'topics', type: { array: ongoingTopicReassignment }, versions: [0, 0] },
  ],
};

/** API 46. */
export const listPartitionReassignmentsApi: Api<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> = { key: 46, name: 'ListPartitionReassignments', request: listPartitionReassignmentsRequest, response: listPartitionReassignmentsResponse };
