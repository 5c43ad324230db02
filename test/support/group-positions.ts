import type { KafkaClient } from '../../src/client/kafka-client.ts';

/** As `gwctl groups -o json` tells it. */
export interface ShownPosition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly onTarget: number | null;
  readonly resumesAt: number | null;
  readonly rereads: number | null;
  readonly basis: 'exact' | 'conservative' | 'impossible';
  readonly why: string;
  readonly standing: { readonly kind: string; readonly records?: number };
}

/** The value of the first record that a reader of committed records gets from an offset on; undefined when there is none. */
export async function firstValue(client: KafkaClient, topic: string, partition: number, offset: bigint): Promise<string | undefined> {
  const [start] = await client.listOffsets([{ topic, partition, timestamp: -2n }]);
  const from = start !== undefined && start.offset > offset ? start.offset : offset;
  const [end] = await client.listOffsets([{ topic, partition, timestamp: -1n, isolation: 'read_committed' }]);
  if (end === undefined || from >= end.offset) return undefined;
  for await (const { value } of client.readRecords(topic, partition, from, { isolation: 'read_committed', until: end.offset })) return value?.toString('utf8') ?? '';
  return undefined;
}

/** How many records there are from an offset on. */
export async function countFrom(client: KafkaClient, topic: string, partition: number, offset: bigint): Promise<number> {
  const [end] = await client.listOffsets([{ topic, partition, timestamp: -1n, isolation: 'read_committed' }]);
  if (end === undefined || offset >= end.offset) return 0;
  let count = 0;
  for await (const _ of client.readRecords(topic, partition, offset, { isolation: 'read_committed', until: end.offset })) count++;
  return count;
}
