// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 0. */
export interface ShareAcknowledgeRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  isRenewAck: boolean;
  topics: AcknowledgeTopic[];
  unknownTags?: UnknownTag[];
}

export interface AcknowledgeTopic {
  topicId: string;
  partitions: AcknowledgePartition[];
  unknownTags?: UnknownTag[];
}

export interface AcknowledgePartition {
  partitionIndex: number;
  acknowledgementBatches: AcknowledgementBatch[];
  unknownTags?: UnknownTag[];
}

export interface AcknowledgementBatch {
  firstOffset: bigint;
  lastOffset: bigint;
  acknowledgeTypes: number[];
  unknownTags?: UnknownTag[];
}

const acknowledgementBatch: StructType = {
  name: 'AcknowledgementBatch',
  struct: [
    { name: 'firstOffset', type: 'int64', versions: [1, 2] },
    { name: 'lastOffset', type: 'int64', versions: [1, 2] },
    { name: 'acknowledgeTypes', type: { array: 'int8' }, versions: [1, 2] },
  ],
};

const acknowledgePartition: StructType = {
  name: 'AcknowledgePartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 2] },
    { name: 'acknowledgementBatches', type: { array: acknowledgementBatch }, versions: [1, 2] },
  ],
};

const acknowledgeTopic: StructType = {
  name: 'AcknowledgeTopic',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [1, 2] },
    { name: 'partitions', type: { array: acknowledgePartition }, versions: [1, 2] },
  ],
};

export const shareAcknowledgeRequest: MessageSchema<ShareAcknowledgeRequest> = {
  name: 'ShareAcknowledgeRequest',
  apiKey: 79,
  kind: 'request',
  validVersions: [1, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [1, 2], nullable: [1, 2], default: null, entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [1, 2], nullable: [1, 2] },
    { name: 'shareSessionEpoch', type: 'int32', versions: [1, 2] },
    { name: 'isRenewAck', type: 'bool', versions: [2, 2] },
    { name: 'topics', type: { array: acknowledgeTopic }, versions: [1, 2] },
  ],
};

/** Versions 1 to 2, flexible from 0. */
export interface ShareAcknowledgeResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareAcknowledgeTopicResponse[];
  nodeEndpoints: NodeEndpoint[];
  unknownTags?: UnknownTag[];
}

export interface NodeEndpoint {
  nodeId: number;
  host: string;
  port: number;
  rack: string | null;
  unknownTags?: UnknownTag[];
}

export interface ShareAcknowledgeTopicResponse {
  topicId: string;
  partitions: PartitionData[];
  unknownTags?: UnknownTag[];
}

export interface PartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  currentLeader: LeaderIdAndEpoch;
  unknownTags?: UnknownTag[];
}

export interface LeaderIdAndEpoch {
  leaderId: number;
  leaderEpoch: number;
  unknownTags?: UnknownTag[];
}

const leaderIdAndEpoch: StructType = {
  name: 'LeaderIdAndEpoch',
  struct: [
    { name: 'leaderId', type: 'int32', versions: [1, 2] },
    { name: 'leaderEpoch', type: 'int32', versions: [1, 2] },
  ],
};

const partitionData: StructType = {
  name: 'PartitionData',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'errorMessage', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
    { name: 'currentLeader', type: leaderIdAndEpoch, versions: [1, 2] },
  ],
};

const shareAcknowledgeTopicResponse: StructType = {
  name: 'ShareAcknowledgeTopicResponse',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [1, 2] },
    { name: 'partitions', type: { array: partitionData }, versions: [1, 2] },
  ],
};

const nodeEndpoint: StructType = {
  name: 'NodeEndpoint',
  struct: [
    { name: 'nodeId', type: 'int32', versions: [1, 2], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [1, 2] },
    { name: 'port', type: 'int32', versions: [1, 2] },
    { name: 'rack', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
  ],
};

export const shareAcknowledgeResponse: MessageSchema<ShareAcknowledgeResponse> = {
  name: 'ShareAcknowledgeResponse',
  apiKey: 79,
  kind: 'response',
  validVersions: [1, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'errorMessage', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
    { name: 'acquisitionLockTimeoutMs', type: 'int32', versions: [2, 2] },
    { name: 'responses', type: { array: shareAcknowledgeTopicResponse }, versions: [1, 2] },
    { name: 'nodeEndpoints', type: { array: nodeEndpoint }, versions: [1, 2] },
  ],
};

/** API 79. */
export const shareAcknowledgeApi: Api<ShareAcknowledgeRequest, ShareAcknowledgeResponse> = { key: 79, name: 'ShareAcknowledge', request: shareAcknowledgeRequest, response: shareAcknowledgeResponse };
