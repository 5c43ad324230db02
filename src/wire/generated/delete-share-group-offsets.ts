// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface DeleteShareGroupOffsetsRequest {
  groupId: string;
  topics: DeleteShareGroupOffsetsRequestTopic[];
  unknownTags?: UnknownTag[];
}

export interface DeleteShareGroupOffsetsRequestTopic {
  topicName: string;
  unknownTags?: UnknownTag[];
}

const deleteShareGroupOffsetsRequestTopic: StructType = {
  name: 'DeleteShareGroupOffsetsRequestTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
  ],
};

export const deleteShareGroupOffsetsRequest: MessageSchema<DeleteShareGroupOffsetsRequest> = {
  name: 'DeleteShareGroupOffsetsRequest',
  apiKey: 92,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 0], entityType: 'groupId' },
    { name: 'topics', type: { array: deleteShareGroupOffsetsRequestTopic }, versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface DeleteShareGroupOffsetsResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  responses: DeleteShareGroupOffsetsResponseTopic[];
  unknownTags?: UnknownTag[];
}

export interface DeleteShareGroupOffsetsResponseTopic {
  topicName: string;
  topicId: string;
  errorCode: number;
  errorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const deleteShareGroupOffsetsResponseTopic: StructType = {
  name: 'DeleteShareGroupOffsetsResponseTopic',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

export const deleteShareGroupOffsetsResponse: MessageSchema<DeleteShareGroupOffsetsResponse> = {
  name: 'DeleteShareGroupOffsetsResponse',
  apiKey: 92,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'responses', type: { array: deleteShareGroupOffsetsResponseTopic }, versions: [0, 0] },
  ],
};

/** API 92. */
export const deleteShareGroupOffsetsApi: Api<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse> = { key: 92, name: 'DeleteShareGroupOffsets', request: deleteShareGroupOffsetsRequest, response: deleteShareGroupOffsetsResponse };
