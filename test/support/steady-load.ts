import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaClient } from '../../src/client/kafka-client.ts';

/** Records that are written to a cluster without a break, in order within each partition: value `n` of partition p is `p-n`. */
export interface SteadyLoad {
  /** How many records each partition has got so far; all of them are acknowledged. */
  readonly counts: readonly number[];
  /** Waits for what is under way. Rejects when a write failed. */
  stop(): Promise<readonly number[]>;
}

const BATCH_RECORDS = 5;
const PAUSE_MS = 10;

/** One writer for each partition of the topic; the caller stops it before it closes the client. */
export function startSteadyLoad(client: KafkaClient, topic: string, partitions: number): SteadyLoad {
  const counts = Array.from({ length: partitions }, () => 0);
  const over = new AbortController();
  const write = async (partition: number): Promise<void> => {
    while (!over.signal.aborted) {
      const first = counts[partition] ?? 0;
      await client.produce(topic, partition, Array.from({ length: BATCH_RECORDS }, (_, index) => ({ key: Buffer.from(`${index}`), value: Buffer.from(`${partition}-${first + index}`) })));
      counts[partition] = first + BATCH_RECORDS;
      await delay(PAUSE_MS);
    }
  };
  const writers = Promise.all(counts.map((_, partition) => write(partition)));
  writers.catch(() => over.abort());
  return {
    counts,
    stop: async () => {
      over.abort();
      await writers;
      return counts;
    },
  };
}

/** The values that a partition of such a load must have, in order. */
export function loadValues(partition: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${partition}-${index}`);
}
