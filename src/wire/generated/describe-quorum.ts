// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 0 to 2, flexible from 0. */
export interface DescribeQuorumRequest {
  topics: DescribeQuorumRequestTopicData[];
  unknownTags?: UnknownTag[];
}

export interface DescribeQuorumRequestTopicData {
  topicName: string;
  partitions: DescribeQuorumRequestPartitionData[];
  unknownTags?: UnknownTag[];
}

export interface DescribeQuorumRequestPartitionData {
  partitionIndex: number;
  unknownTags?: UnknownTag[];
}

const describeQuorumRequestPartitionData: StructType = {
  name: 'PartitionData',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 2] },
  ],
};

const describeQuorumRequestTopicData: StructType = {
  name: 'TopicData',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: describeQuorumRequestPartitionData }, versions: [0, 2] },
  ],
};

export const describeQuorumRequest: MessageSchema<DescribeQuorumRequest> = {
  name: 'DescribeQuorumRequest',
  apiKey: 55,
  kind: 'request',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'topics', type: { array: describeQuorumRequestTopicData }, versions: [0, 2] },
  ],
};

/** Versions 0 to 2, flexible from 0. */
export interface DescribeQuorumResponse {
  errorCode: number;
  errorMessage: string | null;
  topics: DescribeQuorumResponseTopicData[];
  nodes: Node[];
  unknownTags?: UnknownTag[];
}

export interface Node {
  nodeId: number;
  listeners: Listener[];
  unknownTags?: UnknownTag[];
}

export interface Listener {
  name: string;
  host: string;
  port: number;
  unknownTags?: UnknownTag[];
}

export interface DescribeQuorumResponseTopicData {
  topicName: string;
  partitions: DescribeQuorumResponsePartitionData[];
  unknownTags?: UnknownTag[];
}

export interface DescribeQuorumResponsePartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  leaderId: number;
  leaderEpoch: number;
  highWatermark: bigint;
  currentVoters: ReplicaState[];
  observers: ReplicaState[];
  unknownTags?: UnknownTag[];
}

export interface ReplicaState {
  replicaId: number;
  replicaDirectoryId: string;
  logEndOffset: bigint;
  lastFetchTimestamp: bigint;
  lastCaughtUpTimestamp: bigint;
  unknownTags?: UnknownTag[];
}

const replicaState: StructType = {
  name: 'ReplicaState',
  struct: [
    { name: 'replicaId', type: 'int32', versions: [0, 2], entityType: 'brokerId' },
    { name: 'replicaDirectoryId', type: 'uuid', versions: [2, 2] },
    { name: 'logEndOffset', type: 'int64', versions: [0, 2] },
    { name: 'lastFetchTimestamp', type: 'int64', versions: [1, 2], default: -1n },
    { name: 'lastCaughtUpTimestamp', type: 'int64', versions: [1, 2], default: -1n },
  ],
};

const describeQuorumResponsePartitionData: StructType = {
  name: 'PartitionData',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [0, 2] },
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [2, 2], nullable: [2, 2] },
    { name: 'leaderId', type: 'int32', versions: [0, 2], entityType: 'brokerId' },
    { name: 'leaderEpoch', type: 'int32', versions: [0, 2] },
    { name: 'highWatermark', type: 'int64', versions: [0, 2] },
    { name: 'currentVoters', type: { array: replicaState }, versions: [0, 2] },
    { name: 'observers', type: { array: replicaState }, versions: [0, 2] },
  ],
};

const describeQuorumResponseTopicData: StructType = {
  name: 'TopicData',
  struct: [
    { name: 'topicName', type: 'string', versions: [0, 2], entityType: 'topicName' },
    { name: 'partitions', type: { array: describeQuorumResponsePartitionData }, versions: [0, 2] },
  ],
};

const listener: StructType = {
  name: 'Listener',
  struct: [
    { name: 'name', type: 'string', versions: [2, 2] },
    { name: 'host', type: 'string', versions: [2, 2] },
    { name: 'port', type: 'uint16', versions: [2, 2] },
  ],
};

const node: StructType = {
  name: 'Node',
  struct: [
    { name: 'nodeId', type: 'int32', versions: [2, 2], entityType: 'brokerId' },
    { name: 'listeners', type: { array: listener }, versions: [2, 2] },
  ],
};

export const describeQuorumResponse: MessageSchema<DescribeQuorumResponse> = {
  name: 'DescribeQuorumResponse',
  apiKey: 55,
  kind: 'response',
  validVersions: [0, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'errorCode', type: 'int16', versions: [0, 2] },
    { name: 'errorMessage', type: 'string', versions: [2, 2], nullable: [2, 2] },
    { name: 'topics', type: { array: describeQuorumResponseTopicData }, versions: [0, 2] },
    { name: 'nodes', type: { array: node }, versions: [2, 2] },
  ],
};

/** API 55. */
export const describeQuorumApi: Api<DescribeQuorumRequest, DescribeQuorumResponse> = { key: 55, name: 'DescribeQuorum', request: describeQuorumRequest, response: describeQuorumResponse };
