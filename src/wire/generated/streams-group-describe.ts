// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface StreamsGroupDescribeRequest {
  groupIds: string[];
  includeAuthorizedOperations: boolean;
  unknownTags?: UnknownTag[];
}

export const streamsGroupDescribeRequest: MessageSchema<StreamsGroupDescribeRequest> = {
  name: 'StreamsGroupDescribeRequest',
  apiKey: 89,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'groupIds', type: { array: 'string' }, versions: [0, 0], entityType: 'groupId' },
    { name: 'includeAuthorizedOperations', type: 'bool', versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface StreamsGroupDescribeResponse {
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
  topology: Topology | null;
  members: Member[];
  authorizedOperations: number;
  unknownTags?: UnknownTag[];
}

export interface Member {
  memberId: string;
  memberEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  clientId: string;
  clientHost: string;
  topologyEpoch: number;
  processId: string;
  userEndpoint: Endpoint | null;
  clientTags: KeyValue[];
  taskOffsets: TaskOffset[];
  taskEndOffsets: TaskOffset[];
  assignment: Assignment;
  targetAssignment: Assignment;
  isClassic: boolean;
  unknownTags?: UnknownTag[];
}

export interface Assignment {
  activeTasks: TaskIds[];
  standbyTasks: TaskIds[];
  warmupTasks: TaskIds[];
  unknownTags?: UnknownTag[];
}

export interface TaskIds {
  subtopologyId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface TaskOffset {
  subtopologyId: string;
  partition: number;
  offset: bigint;
  unknownTags?: UnknownTag[];
}

export interface Endpoint {
  host: string;
  port: number;
  unknownTags?: UnknownTag[];
}

export interface Topology {
  epoch: number;
  subtopologies: Subtopology[] | null;
  unknownTags?: UnknownTag[];
}

export interface Subtopology {
  subtopologyId: string;
  sourceTopics: string[];
  repartitionSinkTopics: string[];
  stateChangelogTopics: TopicInfo[];
  repartitionSourceTopics: TopicInfo[];
  unknownTags?: UnknownTag[];
}

export interface TopicInfo {
  name: string;
  partitions: number;
  replicationFactor: number;
  topicConfigs: KeyValue[];
  unknownTags?: UnknownTag[];
}

export interface KeyValue {
  key: string;
  value: string;
  unknownTags?: UnknownTag[];
}

const keyValue: StructType = {
  name: 'KeyValue',
  struct: [
    { name: 'key', type: 'string', versions: [0, 0] },
    { name: 'value', type: 'string', versions: [0, 0] },
  ],
};

const topicInfo: StructType = {
  name: 'TopicInfo',
  struct: [
    { name: 'name', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: 'int32', versions: [0, 0] },
    { name: 'replicationFactor', type: 'int16', versions: [0, 0] },
    { name: 'topicConfigs', type: { array: keyValue }, versions: [0, 0] },
  ],
};

const subtopology: StructType = {
  name: 'Subtopology',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'sourceTopics', type: { array: 'string' }, versions: [0, 0], entityType: 'topicName' },
    { name: 'repartitionSinkTopics', type: { array: 'string' }, versions: [0, 0], entityType: 'topicName' },
    { name: 'stateChangelogTopics', type: { array: topicInfo }, versions: [0, 0] },
    { name: 'repartitionSourceTopics', type: { array: topicInfo }, versions: [0, 0] },
  ],
};

const topology: StructType = {
  name: 'Topology',
  struct: [
    { name: 'epoch', type: 'int32', versions: [0, 0] },
    { name: 'subtopologies', type: { array: subtopology }, versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

const endpoint: StructType = {
  name: 'Endpoint',
  struct: [
    { name: 'host', type: 'string', versions: [0, 0] },
    { name: 'port', type: 'uint16', versions: [0, 0] },
  ],
};

const taskOffset: StructType = {
  name: 'TaskOffset',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'partition', type: 'int32', versions: [0, 0] },
    { name: 'offset', type: 'int64', versions: [0, 0] },
  ],
};

const taskIds: StructType = {
  name: 'TaskIds',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

const assignment: StructType = {
  name: 'Assignment',
  struct: [
    { name: 'activeTasks', type: { array: taskIds }, versions: [0, 0] },
    { name: 'standbyTasks', type: { array: taskIds }, versions: [0, 0] },
    { name: 'warmupTasks', type: { array: taskIds }, versions: [0, 0] },
  ],
};

const member: StructType = {
  name: 'Member',
  struct: [
    { name: 'memberId', type: 'string', versions: [0, 0] },
    { name: 'memberEpoch', type: 'int32', versions: [0, 0] },
    { name: 'instanceId', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'rackId', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'clientId', type: 'string', versions: [0, 0] },
    { name: 'clientHost', type: 'string', versions: [0, 0] },
    { name: 'topologyEpoch', type: 'int32', versions: [0, 0] },
    { name: 'processId', type: 'string', versions: [0, 0] },
    { name: 'userEndpoint', type: endpoint, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'clientTags', type: { array: keyValue }, versions: [0, 0] },
    { name: 'taskOffsets', type: { array: taskOffset }, versions: [0, 0] },
    { name: 'taskEndOffsets', type: { array: taskOffset }, versions: [0, 0] },
    { name: 'assignment', type: assignment, versions: [0, 0] },
    { name: 'targetAssignment', type: assignment, versions: [0, 0] },
    { name: 'isClassic', type: 'bool', versions: [0, 0] },
  ],
};

const describedGroup: StructType = {
  name: 'DescribedGroup',
  struct: [
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'groupId', type: 'string', versions: [0, 0], entityType: 'groupId' },
    { name: 'groupState', type: 'string', versions: [0, 0] },
    { name: 'groupEpoch', type: 'int32', versions: [0, 0] },
    { name: 'assignmentEpoch', type: 'int32', versions: [0, 0] },
    { name: 'topology', type: topology, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'members', type: { array: member }, versions: [0, 0] },
    { name: 'authorizedOperations', type: 'int32', versions: [0, 0], default: -2147483648 },
  ],
};

export const streamsGroupDescribeResponse: MessageSchema<StreamsGroupDescribeResponse> = {
  name: 'StreamsGroupDescribeResponse',
  apiKey: 89,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'groups', type: { array: describedGroup }, versions: [0, 0] },
  ],
};

/** API 89. */
export const streamsGroupDescribeApi: Api<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse> = { key: 89, name: 'StreamsGroupDescribe', request: streamsGroupDescribeRequest, response: streamsGroupDescribeResponse };
