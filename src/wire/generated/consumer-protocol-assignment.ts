// Generated from Kafka's message definitions by `node tools/generate-messages.mjs`: do not edit.
import type { MessageSchema, StructType } from '../schema.ts';

/** Versions 0 to 3, never flexible. */
export interface ConsumerProtocolAssignment {
  assignedPartitions: TopicPartition[];
  userData: Buffer | null;
}

export interface TopicPartition {
  topic: string;
  partitions: number[];
}

const topicPartition: StructType = {
  name: 'TopicPartition',
  struct: [
    { name: 'topic', type: 'string', versions: [0, 3], entityType: 'topicName' },
    { name: 'partitions', type: { array: 'int32' }, versions: [0, 3] },
  ],
};

export const consumerProtocolAssignment: MessageSchema<ConsumerProtocolAssignment> = {
  name: 'ConsumerProtocolAssignment',
  apiKey: -1,
  kind: 'data',
  validVersions: [0, 3],
  flexibleFrom: Infinity,
  fields: [
    { name: 'assignedPartitions', type: { array: topicPartition }, versions: [0, 3] },
    { name: 'userData', type: 'bytes', versions: [0, 3], nullable: [0, 3], default: null },
  ],
};
