// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 1, flexible from 0. */
export interface ShareGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  rackId: string | null;
  subscribedTopicNames: string[] | null;
  unknownTags?: UnknownTag[];
}

export const shareGroupHeartbeatRequest: MessageSchema<ShareGroupHeartbeatRequest> = {
  name: 'ShareGroupHeartbeatRequest',
  apiKey: 76,
  kind: 'request',
  validVersions: [1, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [1, 1], entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [1, 1] },
    { name: 'memberEpoch', type: 'int32', versions: [1, 1] },
    { name: 'rackId', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'subscribedTopicNames', type: { array: 'string' }, versions: [1, 1], nullable: [1, 1], default: null, entityType: 'topicName' },
  ],
};

/** Versions 1 to 1, flexible from 0. */
export interface ShareGroupHeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  memberId: string | null;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  assignment: Assignment | null;
  unknownTags?: UnknownTag[];
}

export interface Assignment {
  topicPartitions: TopicPartitions[];
  unknownTags?: UnknownTag[];
}

export interface TopicPartitions {
  topicId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const topicPartitions: StructType = {
  name: 'TopicPartitions',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [1, 1] },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 1] },
  ],
};

const assignment: StructType = {
  name: 'Assignment',
  struct: [
    { name: 'topicPartitions', type: { array: topicPartitions }, versions: [1, 1] },
  ],
};

export const shareGroupHeartbeatResponse: MessageSchema<ShareGroupHeartbeatResponse> = {
  name: 'ShareGroupHeartbeatResponse',
  apiKey: 76,
  kind: 'response',
  validVersions: [1, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 1] },
    { name: 'errorCode', type: 'int16', versions: [1, 1] },
    { name: 'errorMessage', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'memberId', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'memberEpoch', type: 'int32', versions: [1, 1] },
    { name: 'heartbeatIntervalMs', type: 'int32', versions: [1, 1] },
    { name: 'assignment', type: assignment, versions: [1, 1], nullable: [1, 1], default: null },
  ],
};

/** API 76. */
export const shareGroupHeartbeatApi: Api<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse> = { key: 76, name: 'ShareGroupHeartbeat', request: shareGroupHeartbeatRequest, response: shareGroupHeartbeatResponse };
