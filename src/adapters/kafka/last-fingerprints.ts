import type { KafkaClient } from '../../client/kafka-client.ts';
import { partitionKey, type OffsetRange, type RecordFingerprint, type TopicPartition } from '../../ports/kafka-cluster.ts';
import { fetchRanges } from './fetch-ranges.ts';

/** Behind the last data record there may be markers and aborted records: most often one marker, or none. */
const WINDOWS: readonly bigint[] = [4n, 64n, 1024n];
const PARALLEL_READS = 8;

/**
 * The last data record of each range (a partition from its first offset to its end), with a request to each broker and not to each partition.
 * `readOne` is asked for what could not be had like this. Ranges without a data record are left out.
 */
export async function lastFingerprints(client: KafkaClient, ranges: readonly OffsetRange[], readOne: (partition: TopicPartition) => Promise<RecordFingerprint | undefined>): Promise<Map<string, RecordFingerprint>> {
  const found = new Map<string, RecordFingerprint>();
  let open = ranges.filter(({ from, until }) => from < until);
  const odd: OffsetRange[] = [];
  for (const window of WINDOWS) {
    if (open.length === 0) break;
    const tails = open.map((range) => ({ ...range, from: range.until - window > range.from ? range.until - window : range.from }));
    const read = await fetchRanges(client, tails);
    const further: OffsetRange[] = [];
    for (const [index, range] of open.entries()) {
      const records = read.get(partitionKey(range));
      const last = records?.at(-1);
      if (records === undefined) odd.push(range);
      else if (last !== undefined) found.set(partitionKey(range), last);
      else if (tails[index]?.from !== range.from) further.push(range);
    }
    open = further;
  }
  odd.push(...open);
  await Promise.all(Array.from({ length: PARALLEL_READS }, async () => {
    for (let next = odd.pop(); next !== undefined; next = odd.pop()) {
      const last = await readOne(next);
      if (last !== undefined) found.set(partitionKey(next), last);
    }
  }));
  return found;
}
