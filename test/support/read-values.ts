import type { KafkaClient } from '../../src/client/kafka-client.ts';

/** Every committed value of a topic as it is now, in the order of its partitions and offsets. For topics from which nothing was removed. */
export async function readValues(client: KafkaClient, topic: string): Promise<string[]> {
  const { topics } = await client.metadata([topic]);
  const values: string[] = [];
  for (const { index } of topics[0]?.partitions ?? []) {
    for await (const { value } of client.readRecords(topic, index, 0n, { isolation: 'read_committed' })) values.push(value?.toString('utf8') ?? '');
  }
  return values;
}
