// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 6, flexible from 4. */
export interface DeleteTopicsRequest {
  topics: DeleteTopicState[];
  topicNames: string[];
  timeoutMs: number;
  unknownTags?: UnknownTag[];
}

export interface DeleteTopicState {
  name: string | null;
  topicId: string;
  unknownTags?: UnknownTag[];
}

const deleteTopicState: StructType = {
  name: 'DeleteTopicState',
  struct: [
    { name: 'name', type: 'string', versions: [6, 6], nullable: [6, 6], default: null, entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [6, 6] },
  ],
};

export const deleteTopicsRequest: MessageSchema<DeleteTopicsRequest> = {
  name: 'DeleteTopicsRequest',
  apiKey: 20,
  kind: 'request',
  validVersions: [1, 6],
  flexibleFrom: 4,
  fields: [
    { name: 'topics', type: { array: deleteTopicState }, versions: [6, 6] },
    { name: 'topicNames', type: { array: 'string' }, versions: [1, 5], entityType: 'topicName' },
    { name: 'timeoutMs', type: 'int32', versions: [1, 6] },
  ],
};

/** Versions 1 to 6, flexible from 4. */
export interface DeleteTopicsResponse {
  throttleTimeMs: number;
  responses: DeletableTopicResult[];
  unknownTags?: UnknownTag[];
}

export interface DeletableTopicResult {
  name: string | null;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const deletableTopicResult: StructType = {
  name: 'DeletableTopicResult',
  struct: [
    { name: 'name', type: 'string', versions: [1, 6], nullable: [6, 6], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [6, 6] },
    { name: 'errorCode', type: 'int16', versions: [1, 6] },
    { name: 'errorMessage', type: 'string', versions: [5, 6], nullable: [5, 6], default: null },
  ],
};

export const deleteTopicsResponse: MessageSchema<DeleteTopicsResponse> = {
  name: 'DeleteTopicsResponse',
  apiKey: 20,
  kind: 'response',
  validVersions: [1, 6],
  flexibleFrom: 4,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 6] },
    { name: 'responses', type: { array: deletableTopicResult }, versions: [1, 6] },
  ],
};

/** API 20. */
export const deleteTopicsApi: Api<DeleteTopicsRequest, DeleteTopicsResponse> = { key: 20, name: 'DeleteTopics', request: deleteTopicsRequest, response: deleteTopicsResponse };
