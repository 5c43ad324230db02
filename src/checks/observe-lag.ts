import { partitionKey, type KafkaCluster, type TopicPartition } from '../ports/kafka-cluster.ts';
import type { Replicator } from '../ports/replicator.ts';
import type { LinkLag, PartitionLag } from './observation.ts';

/** Up to here missing records are counted by reading them: offsets also count transaction markers, which are no records (hazard H11). */
const COUNT_LIMIT = 1000;
const PARALLEL_READS = 8;

/**
 * How far the target is behind, for each partition. The position is read *after* the source's end, so a caught-up replicator is never
 * shown as behind; but what was written in between does not count: this is the lag at the moment of the call.
 */
export async function observeLag(source: KafkaCluster, replicator: Replicator, partitions: readonly TopicPartition[], now: () => Date): Promise<LinkLag> {
  const ends = await source.endOffsets(partitions);
  const positions = await replicator.positions();
  const pending = [...partitions];
  const lags: PartitionLag[] = [];
  const worker = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const key = partitionKey(next);
      lags.push(await observePartition(source, next, ends.get(key) ?? 0n, positions.get(key), now));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  lags.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  return { link: replicator.link, partitions: lags };
}

async function observePartition(source: KafkaCluster, partition: TopicPartition, sourceEnd: bigint, replicated: bigint | undefined, now: () => Date): Promise<PartitionLag> {
  const from = replicated === undefined ? 0n : replicated + 1n;
  const base = { ...partition, sourceEnd, replicated };
  const nothing = { ...base, lagRecords: 0n, isExact: true, lastMissing: undefined, lagSeconds: 0 };
  if (from >= sourceEnd) return nothing;
  const missing = (await source.readRecords(partition, from, COUNT_LIMIT)).filter(({ offset }) => offset < sourceEnd);
  const [oldest] = missing;
  if (oldest === undefined) return nothing;
  const isExact = missing.length < COUNT_LIMIT;
  return {
    ...base,
    lagRecords: isExact ? BigInt(missing.length) : sourceEnd - oldest.offset,
    isExact,
    lastMissing: isExact ? missing.at(-1)?.offset : sourceEnd - 1n,
    lagSeconds: Math.max(0, (now().getTime() - Number(oldest.timestamp)) / 1000),
  };
}
