// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { MessageSchema, StructType } from '../schema.ts';

/** Versions 0 to 3, never flexible. */
export interface ConsumerProtocolSubscription {
  topics: string[];
  userData: Buffer | null;
  ownedPartitions: TopicPartition[];
  generationId: number;
  rackId: string | null;
}

export interface TopicPartition {
  topic: string;
  partitions: number[];
}

const topicPartition: StructType = {
  name: 'TopicPartition',
  struct: [
    { name: 'topic', type: 'string', versions: [1, 3], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [1, 3] },
  ],
};

export const consumerProtocolSubscription: MessageSchema<ConsumerProtocolSubscription> = {
  name: 'ConsumerProtocolSubscription',
  apiKey: -1,
  kind: 'data',
  validVersions: [0, 3],
  flexibleFrom: Infinity,
  fields: [
    { name: 'topics', type: { array: 'string' }, versions: [0, 3] },
    { name: 'userData', type: 'bytes', versions: [0, 3], nullable: [0, 3], default: null },
    { name: 'ownedPartitions', type: { array: topicPartition }, versions: [1, 3] },
    { name: 'generationId', type: 'int32', versions: [2, 3], default: -1 },
    { name: 'rackId', type: 'string', versions: [3, 3], nullable: [3, 3], default: null },
  ],
};
