// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 1, flexible from 0. */
export interface ShareGroupDescribeRequest {
  groupIds: string[];
  includeAuthorizedOperations: boolean;
  unknownTags?: UnknownTag[];
}

export const shareGroupDescribeRequest: MessageSchema<ShareGroupDescribeRequest> = {
  name: 'ShareGroupDescribeRequest',
  apiKey: 77,
  kind: 'request',
  validVersions: [1, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'groupIds', type: { array: 'string' }, versions: [1, 1], entityType: 'groupId' },
    { name: 'includeAuthorizedOperations', type: 'bool', versions: [1, 1] },
  ],
};

/** Versions 1 to 1, flexible from 0. */
export interface ShareGroupDescribeResponse {
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
  rackId: string | null;
  memberEpoch: number;
  clientId: string;
  clientHost: string;
  subscribedTopicNames: string[];
  assignment: Assignment;
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
    { name: 'topicId', type: 'uuid', versions: [1, 1] },
    { name: 'topicName', type: 'string', versions: [1, 1], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 1] },
  ],
};

const assignment: StructType = {
  name: 'Assignment',
  struct: [
    { name: 'topicPartitions', type: { array: topicPartitions }, versions: [1, 1] },
  ],
};

const member: StructType = {
  name: 'Member',
  struct: [
    { name: 'memberId', type: 'string', versions: [1, 1] },
    { name: 'rackId', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'memberEpoch', type: 'int32', versions: [1, 1] },
    { name: 'clientId', type: 'string', versions: [1, 1] },
    { name: 'clientHost', type: 'string', versions: [1, 1] },
    { name: 'subscribedTopicNames', type: { array: 'string' }, versions: [1, 1], entityType: 'topicName' },
    { name: 'assignment', type: assignment, versions: [1, 1] },
  ],
};

const describedGroup: StructType = {
  name: 'DescribedGroup',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [1, 1] },
    { name: 'errorMessage', type: 'string', versions: [1, 1], nullable: [1, 1], default: null },
    { name: 'groupId', type: 'string', versions: [1, 1], entityType: 'groupId' },
    { name: 'groupState', type: 'string', versions: [1, 1] },
    { name: 'groupEpoch', type: 'int32', versions: [1, 1] },
    { name: 'assignmentEpoch', type: 'int32', versions: [1, 1] },
    { name: 'assignorName', type: 'string', versions: [1, 1] },
    { name: 'members', type: { array: member }, versions: [1, 1] },
    { name: 'authorizedOperations', type: 'int32', versions: [1, 1], default: -2147483648 },
  ],
};

export const shareGroupDescribeResponse: MessageSchema<ShareGroupDescribeResponse> = {
  name: 'ShareGroupDescribeResponse',
  apiKey: 77,
  kind: 'response',
  validVersions: [1, 1],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 1] },
    { name: 'groups', type: { array: describedGroup }, versions: [1, 1] },
  ],
};

/** API 77. */
export const shareGroupDescribeApi: Api<ShareGroupDescribeRequest, ShareGroupDescribeResponse> = { key: 77, name: 'ShareGroupDescribe', request: shareGroupDescribeRequest, response: shareGroupDescribeResponse };
