// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface ConsumerGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  rebalanceTimeoutMs: number;
  subscribedTopicNames: string[] | null;
  subscribedTopicRegex: string | null;
  serverAssignor: string | null;
  topicPartitions: ConsumerGroupHeartbeatRequestTopicPartitions[] | null;
  unknownTags?: UnknownTag[];
}

export interface ConsumerGroupHeartbeatRequestTopicPartitions {
  topicId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const consumerGroupHeartbeatRequestTopicPartitions: StructType = {
  name: 'TopicPartitions',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [0, 1] },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 1] },
  ],
};

export const consumerGroupHeartbeatRequest: MessageSchema<ConsumerGroupHeartbeatRequest> = {
  name: 'ConsumerGroupHeartbeatRequest',
  apiKey: 68,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 1], entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [0, 1] },
    { name: 'memberEpoch', type: 'int32', versions: [0, 1] },
    { name: 'instanceId', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'rackId', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'rebalanceTimeoutMs', type: 'int32', versions: [0, 1], default: -1 },
    { name: 'subscribedTopicNames', type: { array: 'string' }, versions: [0, 1], nullable: [0, 1], default: null, entityType: 'topicName' },
    { name: 'subscribedTopicRegex', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'serverAssignor', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'topicPartitions', type: { array: consumerGroupHeartbeatRequestTopicPartitions }, versions: [0, 1], nullable: [0, 1], default: null },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface ConsumerGroupHeartbeatResponse {
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
  topicPartitions: ConsumerGroupHeartbeatResponseTopicPartitions[];
  unknownTags?: UnknownTag[];
}

export interface ConsumerGroupHeartbeatResponseTopicPartitions {
  topicId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const consumerGroupHeartbeatResponseTopicPartitions: StructType = {
  name: 'TopicPartitions',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [0, 1] },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 1] },
  ],
};

const assignment: StructType = {
  name: 'Assignment',
  struct: [
    { name: 'topicPartitions', type: { array: consumerGroupHeartbeatResponseTopicPartitions }, versions: [0, 1] },
  ],
};

export const consumerGroupHeartbeatResponse: MessageSchema<ConsumerGroupHeartbeatResponse> = {
  name: 'ConsumerGroupHeartbeatResponse',
  apiKey: 68,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'memberId', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'memberEpoch', type: 'int32', versions: [0, 1] },
    { name: 'heartbeatIntervalMs', type: 'int32', versions: [0, 1] },
    { name: 'assignment', type: assignment, versions: [0, 1], nullable: [0, 1], default: null },
  ],
};

/** API 68. */
export const consumerGroupHeartbeatApi: Api<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> = { key: 68, name: 'ConsumerGroupHeartbeat', request: consumerGroupHeartbeatRequest, response: consumerGroupHeartbeatResponse };
