// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 2 to 7, flexible from 5. */
export interface CreateTopicsRequest {
  topics: CreatableTopic[];
  timeoutMs: number;
  validateOnly: boolean;
  unknownTags?: UnknownTag[];
}

export interface CreatableTopic {
  name: string;
  numPartitions: number;
  replicationFactor: number;
  assignments: CreatableReplicaAssignment[];
  configs: CreatableTopicConfig[];
  unknownTags?: UnknownTag[];
}

export interface CreatableTopicConfig {
  name: string;
  value: string | null;
  unknownTags?: UnknownTag[];
}

export interface CreatableReplicaAssignment {
  partitionIndex: number;
  brokerIds: number[];
  unknownTags?: UnknownTag[];
}

const creatableReplicaAssignment: StructType = {
  name: 'CreatableReplicaAssignment',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [2, 7] },
    { name: 'brokerIds', type: { array: 'int32' }, versions: [2, 7], entityType: 'brokerId' },
  ],
};

const creatableTopicConfig: StructType = {
  name: 'CreatableTopicConfig',
  struct: [
    { name: 'name', type: 'string', versions: [2, 7] },
    { name: 'value', type: 'string', versions: [2, 7], nullable: [2, 7] },
  ],
};

const creatableTopic: StructType = {
  name: 'CreatableTopic',
  struct: [
    { name: 'name', type: 'string', versions: [2, 7], entityType: 'topicName' },
    { name: 'numPartitions', type: 'int32', versions: [2, 7] },
    { name: 'replicationFactor', type: 'int16', versions: [2, 7] },
    { name: 'assignments', type: { array: creatableReplicaAssignment }, versions: [2, 7] },
    { name: 'configs', type: { array: creatableTopicConfig }, versions: [2, 7] },
  ],
};

export const createTopicsRequest: MessageSchema<CreateTopicsRequest> = {
  name: 'CreateTopicsRequest',
  apiKey: 19,
  kind: 'request',
  validVersions: [2, 7],
  flexibleFrom: 5,
  fields: [
    { name: 'topics', type: { array: creatableTopic }, versions: [2, 7] },
    { name: 'timeoutMs', type: 'int32', versions: [2, 7], default: 60000 },
    { name: 'validateOnly', type: 'bool', versions: [2, 7] },
  ],
};

/** Versions 2 to 7, flexible from 5. */
export interface CreateTopicsResponse {
  throttleTimeMs: number;
  topics: CreatableTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface CreatableTopicResult {
  name: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  topicConfigErrorCode: number;
  numPartitions: number;
  replicationFactor: number;
  configs: CreatableTopicConfigs[] | null;
  unknownTags?: UnknownTag[];
}

export interface CreatableTopicConfigs {
  name: string;
  value: string | null;
  readOnly: boolean;
  configSource: number;
  isSensitive: boolean;
  unknownTags?: UnknownTag[];
}

const creatableTopicConfigs: StructType = {
  name: 'CreatableTopicConfigs',
  struct: [
    { name: 'name', type: 'string', versions: [5, 7] },
    { name: 'value', type: 'string', versions: [5, 7], nullable: [5, 7] },
    { name: 'readOnly', type: 'bool', versions: [5, 7] },
    { name: 'configSource', type: 'int8', versions: [5, 7], default: -1 },
    { name: 'isSensitive', type: 'bool', versions: [5, 7] },
  ],
};

const creatableTopicResult: StructType = {
  name: 'CreatableTopicResult',
  struct: [
    { name: 'name', type: 'string', versions: [2, 7], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [7, 7] },
    { name: 'errorCode', type: 'int16', versions: [2, 7] },
    { name: 'errorMessage', type: 'string', versions: [2, 7], nullable: [2, 7] },
    { name: 'topicConfigErrorCode', type: 'int16', versions: [5, 7], tag: 0, tagged: [5, 7] },
    { name: 'numPartitions', type: 'int32', versions: [5, 7], default: -1 },
    { name: 'replicationFactor', type: 'int16', versions: [5, 7], default: -1 },
    { name: 'configs', type: { array: creatableTopicConfigs }, versions: [5, 7], nullable: [5, 7] },
  ],
};

export const createTopicsResponse: MessageSchema<CreateTopicsResponse> = {
  name: 'CreateTopicsResponse',
  apiKey: 19,
  kind: 'response',
  validVersions: [2, 7],
  flexibleFrom: 5,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [2, 7] },
    { name: 'topics', type: { array: creatableTopicResult }, versions: [2, 7] },
  ],
};

/** API 19. */
export const createTopicsApi: Api<CreateTopicsRequest, CreateTopicsResponse> = { key: 19, name: 'CreateTopics', request: createTopicsRequest, response: createTopicsResponse };
