import { groupBy } from '../../client/group-by.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { visibleBatches } from '../../client/visible-batches.ts';
import { partitionKey, type OffsetRange, type RecordFingerprint } from '../../ports/kafka-cluster.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { fetchApi } from '../../wire/generated/fetch.ts';
import { fingerprint } from './fingerprint.ts';

const PARTITION_BYTES = 256 << 10;
const ANSWER_BYTES = 32 << 20;
const READ_COMMITTED = 1;

/** Short ranges of many partitions with one request to each broker. A range that did not come as a whole, for whatever reason, is left out. */
export async function fetchRanges(client: KafkaClient, ranges: readonly OffsetRange[]): Promise<Map<string, readonly RecordFingerprint[]>> {
  const found = new Map<string, readonly RecordFingerprint[]>(ranges.filter(({ from, until }) => from >= until).map((range) => [partitionKey(range), []]));
  const wanted = ranges.filter(({ from, until }) => from < until);
  if (wanted.length === 0) return found;
  const leaders = await client.leaders([...new Set(wanted.map(({ topic }) => topic))]);
  const byLeader = groupBy(wanted, (range) => leaders.get(partitionKey(range)) ?? -1);
  await Promise.all([...byLeader].map(async ([brokerId, those]) => {
    if (brokerId >= 0) for (const [key, records] of await fetchFrom(client, brokerId, those).catch(() => (client.forgetLocations(), []))) found.set(key, records);
  }));
  return found;
}

async function fetchFrom(client: KafkaClient, brokerId: number, ranges: readonly OffsetRange[]): Promise<[string, RecordFingerprint[]][]> {
  const answer = await client.send({ kind: 'broker', brokerId }, fetchApi, {
    maxWaitMs: 0, minBytes: 0, maxBytes: ANSWER_BYTES, isolationLevel: READ_COMMITTED, sessionId: 0, sessionEpoch: -1,
    topics: [...groupBy(ranges, ({ topic }) => topic)].map(([topic, those]) => ({ topic, partitions: those.map(({ partition, from }) => ({ partition, fetchOffset: from, partitionMaxBytes: PARTITION_BYTES })) })),
  });
  const byKey = new Map(ranges.map((range) => [partitionKey(range), range]));
  return answer.responses.flatMap(({ topic, partitions }) => partitions.flatMap(({ partitionIndex, errorCode, records, abortedTransactions }) => {
    const key = partitionKey({ topic, partition: partitionIndex });
    const range = byKey.get(key);
    if (errorCode === ERROR.NOT_LEADER_OR_FOLLOWER) client.forgetLocations();
    if (errorCode !== 0 || range === undefined) return [];
    const within: RecordFingerprint[] = [];
    let position = range.from;
    for (const { batch, isVisible } of visibleBatches(records ?? Buffer.alloc(0), abortedTransactions ?? [], 'read_committed')) {
      if (position >= range.until) break;
      if (isVisible) for (const record of batch.records()) if (record.offset >= range.from && record.offset < range.until) within.push(fingerprint(record));
      position = batch.lastOffset + 1n;
    }
    return position >= range.until ? [[key, within] as [string, RecordFingerprint[]]] : [];
  }));
}
