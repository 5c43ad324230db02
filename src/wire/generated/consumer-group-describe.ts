// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 1, flexible from 0. */
export interface ConsumerGroupDescribeRequest {
  groupIds: string[];
  includeAuthorizedOperations: boolean;
  unknownTags?: UnknownTag[];
}

export const consumerGroupDescribeRequest: MessageSchema<ConsumerGroupDescribeRequest> = {
  name: 'ConsumerGroupDescribeRequest',
  apiKey: 69,
  kind: 'request',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'groupIds', type: { array: 'string' }, versions: [0, 1], entityType: 'groupId' },
    { name: 'includeAuthorizedOperations', type: 'bool', versions: [0, 1] },
  ],
};

/** Versions 0 to 1, flexible from 0. */
export interface ConsumerGroupDescribeResponse {
  throttleTimeMs: number;
  groups: DescribedGroup[];
  unknownTags?: UnknownTag[];
}

export interface DescribedGroup {
  errorCode: number;
  errorMessage: string | null;
  groupId: string;
  groupState: string;
  groupEpoch: number;
  assignmentEpoch: number;
  assignorName: string;
  members: Member[];
  authorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface Member {
  memberId: string;
  instanceId: string | null;
  rackId: string | null;
  memberEpoch: number;
  clientId: string;
  clientHost: string;
  subscribedTopicNames: string[];
  subscribedTopicRegex: string | null;
  assignment: Assignment;
  targetAssignment: Assignment;
  memberType: number;
  unknownTags?: UnknownTag[];
}

export interface Assignment {
  topicPartitions: TopicPartitions[];
  unknownTags?: UnknownTag[];
}

export interface TopicPartitions {
  topicId: string;
  topicName: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

const topicPartitions: StructType = {
  name: 'TopicPartitions',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [0, 1] },
    { name: 'topicName', type: 'string', versions: [0, 1], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 1] },
  ],
};

const assignment: StructType = {
  name: 'Assignment',
  struct: [
    { name: 'topicPartitions', type: { array: topicPartitions }, versions: [0, 1] },
  ],
};

const member: StructType = {
  name: 'Member',
  struct: [
    { name: 'memberId', type: 'string', versions: [0, 1] },
    { name: 'instanceId', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'rackId', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'memberEpoch', type: 'int32', versions: [0, 1] },
    { name: 'clientId', type: 'string', versions: [0, 1] },
    { name: 'clientHost', type: 'string', versions: [0, 1] },
    { name: 'subscribedTopicNames', type: { array: 'string' }, versions: [0, 1], entityType: 'topicName' },
    { name: 'subscribedTopicRegex', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'assignment', type: assignment, versions: [0, 1] },
    { name: 'targetAssignment', type: assignment, versions: [0, 1] },
    { name: 'memberType', type: 'int8', versions: [1, 1], default: -1 },
  ],
};

const describedGroup: StructType = {
  name: 'DescribedGroup',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 1] },
    { name: 'errorMessage', type: 'string', versions: [0, 1], nullable: [0, 1], default: null },
    { name: 'groupId', type: 'string', versions: [0, 1], entityType: 'groupId' },
    { name: 'groupState', type: 'string', versions: [0, 1] },
    { name: 'groupEpoch', type: 'int32', versions: [0, 1] },
    { name: 'assignmentEpoch', type: 'int32', versions: [0, 1] },
    { name: 'assignorName', type: 'string', versions: [0, 1] },
    { name: 'members', type: { array: member }, versions: [0, 1] },
    { name: 'authorizedOperations', type: 'int32', versions: [0, 1], default: -2147483648 },
  ],
};

export const consumerGroupDescribeResponse: MessageSchema<ConsumerGroupDescribeResponse> = {
  name: 'ConsumerGroupDescribeResponse',
  apiKey: 69,
  kind: 'response',
  validVersions: [0, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 1] },
    { name: 'groups', type: { array: describedGroup }, versions: [0, 1] },
  ],
};

/** API 69. */
export const consumerGroupDescribeApi: Api<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> = { key: 69, name: 'ConsumerGroupDescribe', request: consumerGroupDescribeRequest, response: consumerGroupDescribeResponse };
