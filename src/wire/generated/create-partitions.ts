// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 3, flexible from 2. */
export interface CreatePartitionsRequest {
  topics: CreatePartitionsTopic[];
  timeoutMs: number;
  validateOnly: boolean;
  unknownTags?: UnknownTag[];
}

export interface CreatePartitionsTopic {
  name: string;
  count: number;
  assignments: CreatePartitionsAssignment[] | null;
  unknownTags?: UnknownTag[];
}

export interface CreatePartitionsAssignment {
  brokerIds: number[];
  unknownTags?: UnknownTag[];
}

const createPartitionsAssignment: StructType = {
  name: 'CreatePartitionsAssignment',
  struct: [
    { name: 'brokerIds', type: { array: 'int32' }, versions: [0, 3], entityType: 'brokerId' },
  ],
};

const createPartitionsTopic: StructType = {
  name: 'CreatePartitionsTopic',
  struct: [
    { name: 'name', type: 'string', versions: [0, 3], entityType: 'topicName' },
    { name: 'count', type: 'int32', versions: [0, 3] },
    { name: 'assignments', type: { array: createPartitionsAssignment }, versions: [0, 3], nullable: [0, 3] },
  ],
};

export const createPartitionsRequest: MessageSchema<CreatePartitionsRequest> = {
  name: 'CreatePartitionsRequest',
  apiKey: 37,
  kind: 'request',
  validVersions: [0, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'topics', type: { array: createPartitionsTopic }, versions: [0, 3] },
    { name: 'timeoutMs', type: 'int32', versions: [0, 3] },
    { name: 'validateOnly', type: 'bool', versions: [0, 3] },
  ],
};

/** Versions 0 to 3, flexible from 2. */
export interface CreatePartitionsResponse {
  throttleTimeMs: number;
  results: CreatePartitionsTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface CreatePartitionsTopicResult {
  name: string;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const createPartitionsTopicResult: StructType = {
  name: 'CreatePartitionsTopicResult',
  struct: [
    { name: 'name', type: 'string', versions: [0, 3], entityType: 'topicName' },
    { name: 'errorCode', type: 'int16', versions: [0, 3] },
    { name: 'errorMessage', type: 'string', versions: [0, 3], nullable: [0, 3], default: null },
  ],
};

export const createPartitionsResponse: MessageSchema<CreatePartitionsResponse> = {
  name: 'CreatePartitionsResponse',
  apiKey: 37,
  kind: 'response',
  validVersions: [0, 3],
  flexibleFrom: 2,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 3] },
    { name: 'results', type: { array: createPartitionsTopicResult }, versions: [0, 3] },
  ],
};

/** API 37. */
export const createPartitionsApi: Api<CreatePartitionsRequest, CreatePartitionsResponse> = { key: 37, name: 'CreatePartitions', request: createPartitionsRequest, response: createPartitionsResponse };
