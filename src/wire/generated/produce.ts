// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { Api, MessageSchema, StructType, UnknownTag } from '../schema.ts';

/** Versions 3 to 13, flexible from 9. */
export interface ProduceRequest {
  transactionalId: string | null;
  acks: number;
  timeoutMs: number;
  topicData: TopicProduceData[];
  unknownTags?: UnknownTag[];
}

export interface TopicProduceData {
  name: string;
  topicId: string;
  partitionData: PartitionProduceData[];
  unknownTags?: UnknownTag[];
}

export interface PartitionProduceData {
  index: number;
  records: Buffer | null;
  unknownTags?: UnknownTag[];
}

const partitionProduceData: StructType = {
  name: 'PartitionProduceData',
  struct: [
    { name: 'index', type: 'int32', versions: [3, 13] },
    { name: 'records', type: 'records', versions: [3, 13], nullable: [3, 13] },
  ],
};

const topicProduceData: StructType = {
  name: 'TopicProduceData',
  struct: [
    { name: 'name', type: 'string', versions: [3, 12], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [13, 13] },
    { name: 'partitionData', type: { array: partitionProduceData }, versions: [3, 13] },
  ],
};

export const produceRequest: MessageSchema<ProduceRequest> = {
  name: 'ProduceRequest',
  apiKey: 0,
  kind: 'request',
  validVersions: [3, 13],
  flexibleFrom: 9,
  fields: [
    { name: 'transactionalId', type: 'string', versions: [3, 13], nullable: [3, 13], default: null, entityType: 'transactionalId' },
    { name: 'acks', type: 'int16', versions: [3, 13] },
    { name: 'timeoutMs', type: 'int32', versions: [3, 13] },
    { name: 'topicData', type: { array: topicProduceData }, versions: [3, 13] },
  ],
};

/** Versions 3 to 13, flexible from 9. */
export interface ProduceResponse {
  responses: TopicProduceResponse[];
  throttleTimeMs: number;
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

export interface TopicProduceResponse {
  name: string;
  topicId: string;
  partitionResponses: PartitionProduceResponse[];
  unknownTags?: UnknownTag[];
}

export interface PartitionProduceResponse {
  index: number;
  errorCode: number;
  baseOffset: bigint;
  logAppendTimeMs: bigint;
  logStartOffset: bigint;
  recordErrors: BatchIndexAndErrorMessage[];
  errorMessage: string | null;
  currentLeader: LeaderIdAndEpoch;
  unknownTags?: UnknownTag[];
}

export interface LeaderIdAndEpoch {
  leaderId: number;
  leaderEpoch: number;
  unknownTags?: UnknownTag[];
}

export interface BatchIndexAndErrorMessage {
  batchIndex: number;
  batchIndexErrorMessage: string | null;
  unknownTags?: UnknownTag[];
}

const batchIndexAndErrorMessage: StructType = {
  name: 'BatchIndexAndErrorMessage',
  struct: [
    { name: 'batchIndex', type: 'int32', versions: [8, 13] },
    { name: 'batchIndexErrorMessage', type: 'string', versions: [8, 13], nullable: [8, 13], default: null },
  ],
};

const leaderIdAndEpoch: StructType = {
  name: 'LeaderIdAndEpoch',
  struct: [
    { name: 'leaderId', type: 'int32', versions: [10, 13], default: -1, entityType: 'brokerId' },
    { name: 'leaderEpoch', type: 'int32', versions: [10, 13], default: -1 },
  ],
};

const partitionProduceResponse: StructType = {
  name: 'PartitionProduceResponse',
  struct: [
    { name: 'index', type: 'int32', versions: [3, 13] },
    { name: 'errorCode', type: 'int16', versions: [3, 13] },
    { name: 'baseOffset', type: 'int64', versions: [3, 13] },
    { name: 'logAppendTimeMs', type: 'int64', versions: [3, 13], default: -1n },
    { name: 'logStartOffset', type: 'int64', versions: [5, 13], default: -1n },
    { name: 'recordErrors', type: { array: batchIndexAndErrorMessage }, versions: [8, 13] },
    { name: 'errorMessage', type: 'string', versions: [8, 13], nullable: [8, 13], default: null },
    { name: 'currentLeader', type: leaderIdAndEpoch, versions: [10, 13], tag: 0, tagged: [10, 13] },
  ],
};

const topicProduceResponse: StructType = {
  name: 'TopicProduceResponse',
  struct: [
    { name: 'name', type: 'string', versions: [3, 12], entityType: 'topicName' },
    { name: 'topicId', type: 'uuid', versions: [13, 13] },
    { name: 'partitionResponses', type: { array: partitionProduceResponse }, versions: [3, 13] },
  ],
};

const nodeEndpoint: StructType = {
  name: 'NodeEndpoint',
  struct: [
    { name: 'nodeId', type: 'int32', versions: [10, 13], entityType: 'brokerId' },
    { name: 'host', type: 'string', versions: [10, 13] },
    { name: 'port', type: 'int32', versions: [10, 13] },
    { name: 'rack', type: 'string', versions: [10, 13], nullable: [10, 13], default: null },
  ],
};

export const produceResponse: MessageSchema<ProduceResponse> = {
  name: 'ProduceResponse',
  apiKey: 0,
  kind: 'response',
  validVersions: [3, 13],
  flexibleFrom: 9,
  fields: [
    { name: 'responses', type: { array: topicProduceResponse }, versions: [3, 13] },
    { name: 'throttleTimeMs', type: 'int32', versions: [3, 13] },
    { name: 'nodeEndpoints', type: { array: nodeEndpoint }, versions: [10, 13], tag: 0, tagged: [10, 13] },
  ],
};

/** API 0. */
export const produceApi: Api<ProduceRequest, ProduceResponse> = { key: 0, name: 'Produce', request: produceRequest, response: produceResponse };
