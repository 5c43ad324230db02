// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 0, flexible from 0. */
export interface StreamsGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  memberEpoch: number;
  endpointInformationEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  rebalanceTimeoutMs: number;
  topology: Topology | null;
  activeTasks: StreamsGroupHeartbeatRequestTaskIds[] | null;
  standbyTasks: StreamsGroupHeartbeatRequestTaskIds[] | null;
  warmupTasks: StreamsGroupHeartbeatRequestTaskIds[] | null;
  processId: string | null;
  userEndpoint: StreamsGroupHeartbeatRequestEndpoint | null;
  clientTags: KeyValue[] | null;
  taskOffsets: TaskOffset[] | null;
  taskEndOffsets: TaskOffset[] | null;
  shutdownApplication: boolean;
  unknownTags?: UnknownTag[];
}

export interface TaskOffset {
  subtopologyId: string;
  partition: number;
  offset: bigint;
  unknownTags?: UnknownTag[];
}

export interface StreamsGroupHeartbeatRequestEndpoint {
  host: string;
  port: number;
  unknownTags?: UnknownTag[];
}

export interface StreamsGroupHeartbeatRequestTaskIds {
  subtopologyId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface Topology {
  epoch: number;
  subtopologies: Subtopology[];
  unknownTags?: UnknownTag[];
}

export interface Subtopology {
  subtopologyId: string;
  sourceTopics: string[];
  sourceTopicRegex: string[];
  stateChangelogTopics: TopicInfo[];
  repartitionSinkTopics: string[];
  repartitionSourceTopics: TopicInfo[];
  copartitionGroups: CopartitionGroup[];
  unknownTags?: UnknownTag[];
}

export interface CopartitionGroup {
  sourceTopics: number[];
  sourceTopicRegex: number[];
  repartitionSourceTopics: number[];
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

const copartitionGroup: StructType = {
  name: 'CopartitionGroup',
  struct: [
    { name: 'sourceTopics', type: { array: 'int16' }, versions: [0, 0] },
    { name: 'sourceTopicRegex', type: { array: 'int16' }, versions: [0, 0] },
    { name: 'repartitionSourceTopics', type: { array: 'int16' }, versions: [0, 0] },
  ],
};

const subtopology: StructType = {
  name: 'Subtopology',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'sourceTopics', type: { array: 'string' }, versions: [0, 0], entityType: 'topicName' },
    { name: 'sourceTopicRegex', type: { array: 'string' }, versions: [0, 0] },
    { name: 'stateChangelogTopics', type: { array: topicInfo }, versions: [0, 0] },
    { name: 'repartitionSinkTopics', type: { array: 'string' }, versions: [0, 0], entityType: 'topicName' },
    { name: 'repartitionSourceTopics', type: { array: topicInfo }, versions: [0, 0] },
    { name: 'copartitionGroups', type: { array: copartitionGroup }, versions: [0, 0] },
  ],
};

const topology: StructType = {
  name: 'Topology',
  struct: [
    { name: 'epoch', type: 'int32', versions: [0, 0] },
    { name: 'subtopologies', type: { array: subtopology }, versions: [0, 0] },
  ],
};

const streamsGroupHeartbeatRequestTaskIds: StructType = {
  name: 'TaskIds',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

const streamsGroupHeartbeatRequestEndpoint: StructType = {
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

export const streamsGroupHeartbeatRequest: MessageSchema<StreamsGroupHeartbeatRequest> = {
  name: 'StreamsGroupHeartbeatRequest',
  apiKey: 88,
  kind: 'request',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [0, 0], entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [0, 0] },
    { name: 'memberEpoch', type: 'int32', versions: [0, 0] },
    { name: 'endpointInformationEpoch', type: 'int32', versions: [0, 0] },
    { name: 'instanceId', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'rackId', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'rebalanceTimeoutMs', type: 'int32', versions: [0, 0], default: -1 },
    { name: 'topology', type: topology, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'activeTasks', type: { array: streamsGroupHeartbeatRequestTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'standbyTasks', type: { array: streamsGroupHeartbeatRequestTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'warmupTasks', type: { array: streamsGroupHeartbeatRequestTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'processId', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'userEndpoint', type: streamsGroupHeartbeatRequestEndpoint, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'clientTags', type: { array: keyValue }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'taskOffsets', type: { array: taskOffset }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'taskEndOffsets', type: { array: taskOffset }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'shutdownApplication', type: 'bool', versions: [0, 0] },
  ],
};

/** Versions 0 to 0, flexible from 0. */
export interface StreamsGroupHeartbeatResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  memberId: string;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  acceptableRecoveryLag: number;
  taskOffsetIntervalMs: number;
  status: Status[] | null;
  activeTasks: StreamsGroupHeartbeatResponseTaskIds[] | null;
  standbyTasks: StreamsGroupHeartbeatResponseTaskIds[] | null;
  warmupTasks: StreamsGroupHeartbeatResponseTaskIds[] | null;
  endpointInformationEpoch: number;
  partitionsByUserEndpoint: EndpointToPartitions[] | null;
  unknownTags?: UnknownTag[];
}

export interface EndpointToPartitions {
  userEndpoint: StreamsGroupHeartbeatResponseEndpoint;
  activePartitions: TopicPartition[];
  standbyPartitions: TopicPartition[];
  unknownTags?: UnknownTag[];
}

export interface TopicPartition {
  topic: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface StreamsGroupHeartbeatResponseEndpoint {
  host: string;
  port: number;
  unknownTags?: UnknownTag[];
}

export interface StreamsGroupHeartbeatResponseTaskIds {
  subtopologyId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface Status {
  statusCode: number;
  statusDetail: string;
  unknownTags?: UnknownTag[];
}

const status: StructType = {
  name: 'Status',
  struct: [
    { name: 'statusCode', type: 'int8', versions: [0, 0] },
    { name: 'statusDetail', type: 'string', versions: [0, 0] },
  ],
};

const streamsGroupHeartbeatResponseTaskIds: StructType = {
  name: 'TaskIds',
  struct: [
    { name: 'subtopologyId', type: 'string', versions: [0, 0] },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

const streamsGroupHeartbeatResponseEndpoint: StructType = {
  name: 'Endpoint',
  struct: [
    { name: 'host', type: 'string', versions: [0, 0] },
    { name: 'port', type: 'uint16', versions: [0, 0] },
  ],
};

const topicPartition: StructType = {
  name: 'TopicPartition',
  struct: [
    { name: 'topic', type: 'string', versions: [0, 0], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 0] },
  ],
};

const endpointToPartitions: StructType = {
  name: 'EndpointToPartitions',
  struct: [
    { name: 'userEndpoint', type: streamsGroupHeartbeatResponseEndpoint, versions: [0, 0] },
    { name: 'activePartitions', type: { array: topicPartition }, versions: [0, 0] },
    { name: 'standbyPartitions', type: { array: topicPartition }, versions: [0, 0] },
  ],
};

export const streamsGroupHeartbeatResponse: MessageSchema<StreamsGroupHeartbeatResponse> = {
  name: 'StreamsGroupHeartbeatResponse',
  apiKey: 88,
  kind: 'response',
  validVersions: [0, 0],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [0, 0] },
    { name: 'errorCode', type: 'int16', versions: [0, 0] },
    { name: 'errorMessage', type: 'string', versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'memberId', type: 'string', versions: [0, 0] },
    { name: 'memberEpoch', type: 'int32', versions: [0, 0] },
    { name: 'heartbeatIntervalMs', type: 'int32', versions: [0, 0] },
    { name: 'acceptableRecoveryLag', type: 'int32', versions: [0, 0] },
    { name: 'taskOffsetIntervalMs', type: 'int32', versions: [0, 0] },
    { name: 'status', type: { array: status }, versions: [0, 0], nullable: [0, 0] },
    { name: 'activeTasks', type: { array: streamsGroupHeartbeatResponseTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'standbyTasks', type: { array: streamsGroupHeartbeatResponseTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'warmupTasks', type: { array: streamsGroupHeartbeatResponseTaskIds }, versions: [0, 0], nullable: [0, 0], default: null },
    { name: 'endpointInformationEpoch', type: 'int32', versions: [0, 0] },
    { name: 'partitionsByUserEndpoint', type: { array: endpointToPartitions }, versions: [0, 0], nullable: [0, 0], default: null },
  ],
};

/** API 88. */
export const streamsGroupHeartbeatApi: Api<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse> = { key: 88, name: 'StreamsGroupHeartbeat', request: streamsGroupHeartbeatRequest, response: streamsGroupHeartbeatResponse };
