import { type Kafka, Partitioners } from 'kafkajs';
import { GwctlError } from '../../shared/errors.ts';

const ALL_IN_SYNC = -1;

/** Where a record was written. */
export interface WrittenAt {
  readonly partition: number;
  /** Of the first record of the request. */
  readonly offset: string;
}

/** Writes values with acks=all and returns when all are acknowledged. */
export async function sendRecords(kafka: Kafka, topic: string, values: readonly string[]): Promise<readonly WrittenAt[]> {
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await producer.connect();
    const answers = await producer.send({ topic, acks: ALL_IN_SYNC, messages: values.map((value) => ({ value })) });
    return answers.map(({ partition, baseOffset }) => ({ partition, offset: baseOffset ?? '?' }));
  } catch (reason) {
    throw new GwctlError('UNAVAILABLE', `records cannot be written to ${topic}: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  } finally {
    await producer.disconnect().catch(() => {});
  }
}
