// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 1 to 2, flexible from 0. */
export interface ShareFetchRequest {
  groupId: string | null;
  memberId: string | null;
  shareSessionEpoch: number;
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  maxRecords: number;
  batchSize: number;
  shareAcquireMode: number;
  isRenewAck: boolean;
  topics: FetchTopic[];
  forgottenTopicsData: ForgottenTopic[];
  unknownTags?: UnknownTag[];
}

export interface ForgottenTopic {
  topicId: string;
  partitions: number[];
  unknownTags?: UnknownTag[];
}

export interface FetchTopic {
  topicId: string;
  partitions: FetchPartition[];
  unknownTags?: UnknownTag[];
}

export interface FetchPartition {
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

const fetchPartition: StructType = {
  name: 'FetchPartition',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 2] },
    { name: 'acknowledgementBatches', type: { array: acknowledgementBatch }, versions: [1, 2] },
  ],
};

const fetchTopic: StructType = {
  name: 'FetchTopic',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [1, 2] },
    { name: 'partitions', type: { array: fetchPartition }, versions: [1, 2] },
  ],
};

const forgottenTopic: StructType = {
  name: 'ForgottenTopic',
  struct: [
    { name: 'topicId', type: 'uuid', versions: [1, 2] },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 2] },
  ],
};

export const shareFetchRequest: MessageSchema<ShareFetchRequest> = {
  name: 'ShareFetchRequest',
  apiKey: 78,
  kind: 'request',
  validVersions: [1, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'groupId', type: 'string', versions: [1, 2], nullable: [1, 2], default: null, entityType: 'groupId' },
    { name: 'memberId', type: 'string', versions: [1, 2], nullable: [1, 2] },
    { name: 'shareSessionEpoch', type: 'int32', versions: [1, 2] },
    { name: 'maxWaitMs', type: 'int32', versions: [1, 2] },
    { name: 'minBytes', type: 'int32', versions: [1, 2] },
    { name: 'maxBytes', type: 'int32', versions: [1, 2], default: 2147483647 },
    { name: 'maxRecords', type: 'int32', versions: [1, 2] },
    { name: 'batchSize', type: 'int32', versions: [1, 2] },
    { name: 'shareAcquireMode', type: 'int8', versions: [2, 2] },
    { name: 'isRenewAck', type: 'bool', versions: [2, 2] },
    { name: 'topics', type: { array: fetchTopic }, versions: [1, 2] },
    { name: 'forgottenTopicsData', type: { array: forgottenTopic }, versions: [1, 2] },
  ],
};

/** Versions 1 to 2, flexible from 0. */
export interface ShareFetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  errorMessage: string | null;
  acquisitionLockTimeoutMs: number;
  responses: ShareFetchableTopicResponse[];
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

export interface ShareFetchableTopicResponse {
  topicId: string;
  partitions: PartitionData[];
  unknownTags?: UnknownTag[];
}

export interface PartitionData {
  partitionIndex: number;
  errorCode: number;
  errorMessage: string | null;
  acknowledgeErrorCode: number;
  acknowledgeErrorMessage: string | null;
  currentLeader: LeaderIdAndEpoch;
  records: Buffer | null;
  acquiredRecords: AcquiredRecords[];
  unknownTags?: UnknownTag[];
}

export interface AcquiredRecords {
  firstOffset: bigint;
  lastOffset: bigint;
  deliveryCount: number;
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

const acquiredRecords: StructType = {
  name: 'AcquiredRecords',
  struct: [
    { name: 'firstOffset', type: 'int64', versions: [1, 2] },
    { name: 'lastOffset', type: 'int64', versions: [1, 2] },
    { name: 'deliveryCount', type: 'int16', versions: [1, 2] },
  ],
};

const partitionData: StructType = {
  name: 'PartitionData',
  struct: [
    { name: 'partitionIndex', type: 'int32', versions: [1, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'errorMessage', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
    { name: 'acknowledgeErrorCode', type: 'int16', versions: [1, 2] },
    { name: 'acknowledgeErrorMessage', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
    { name: 'currentLeader', type: leaderIdAndEpoch, versions: [1, 2] },
    { name: 'records', type: 'records', versions: [1, 2] },
    { name: 'acquiredRecords', type: { array: acquiredRecords }, versions: [1, 2] },
  ],
};

const shareFetchableTopicResponse: StructType = {
  name: 'ShareFetchableTopicResponse',
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

export const shareFetchResponse: MessageSchema<ShareFetchResponse> = {
  name: 'ShareFetchResponse',
  apiKey: 78,
  kind: 'response',
  validVersions: [1, 2],
  flexibleFrom: 0,
  fields: [
    { name: 'throttleTimeMs', type: 'int32', versions: [1, 2] },
    { name: 'errorCode', type: 'int16', versions: [1, 2] },
    { name: 'errorMessage', type: 'string', versions: [1, 2], nullable: [1, 2], default: null },
    { name: 'acquisitionLockTimeoutMs', type: 'int32', versions: [1, 2] },
    { name: 'responses', type: { array: shareFetchableTopicResponse }, versions: [1, 2] },
    { name: 'nodeEndpoints', type: { array: nodeEndpoint }, versions: [1, 2] },
  ],
};

/** API 78. */
export const shareFetchApi: Api<ShareFetchRequest, ShareFetchResponse> = { key: 78, name: 'ShareFetch', request: shareFetchRequest, response: shareFetchResponse };
