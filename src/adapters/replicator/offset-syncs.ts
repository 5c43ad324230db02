import { partitionKey, type DataRecord, type KafkaCluster } from '../../ports/kafka-cluster.ts';
import type { OffsetSync } from '../../ports/replicator.ts';

/** Of the topic's last this many offsets: of a busy link, some hours. Older notes are only missed by groups that are further behind. */
const READ_LIMIT = 200_000n;
const KEY_TAIL_BYTES = 4;
const VALUE_BYTES = 16;

/**
 * MirrorMaker's own notes of which record went where (hazard H6). Kept on the target (`offset-syncs.topic.location=target`), else on the source
 * under another name. Keeps what it has read. Key: topic STRING, partition INT32; value: upstream INT64, downstream INT64.
 */
export function offsetSyncs(link: { readonly from: string; readonly to: string }, target: KafkaCluster, source?: KafkaCluster): () => Promise<ReadonlyMap<string, readonly OffsetSync[]>> {
  const places = [{ cluster: target, topic: `mm2-offset-syncs.${link.from}.internal` }, ...(source === undefined ? [] : [{ cluster: source, topic: `mm2-offset-syncs.${link.to}.internal` }])];
  const syncs = new Map<string, OffsetSync[]>();
  let place: (typeof places)[number] | undefined;
  let readTo = 0n;
  return async () => {
    place ??= await firstThatExists(places);
    if (place === undefined) return syncs;
    const partition = { topic: place.topic, partition: 0 };
    const end = (await place.cluster.endOffsets([partition])).get(partitionKey(partition)) ?? 0n;
    const from = readTo === 0n && end > READ_LIMIT ? end - READ_LIMIT : readTo;
    if (from >= end) return syncs;
    for (const record of await place.cluster.readRecords(partition, from, Number.MAX_SAFE_INTEGER)) {
      const found = readSync(record);
      if (found !== undefined) note(syncs, found.key, found.sync);
      if (record.offset >= readTo) readTo = record.offset + 1n;
    }
    return syncs;
  };
}

async function firstThatExists<T extends { readonly cluster: KafkaCluster; readonly topic: string }>(places: readonly T[]): Promise<T | undefined> {
  for (const place of places) {
    const { topics } = await place.cluster.describe();
    if (topics.some(({ name }) => name === place.topic)) return place;
  }
  return undefined;
}

/** A note that goes back on one side tells of a topic that was made anew, or of records that were copied again: what it contradicts holds no more. */
export function note(syncs: Map<string, OffsetSync[]>, key: string, sync: OffsetSync): void {
  const known = syncs.get(key) ?? [];
  for (let last = known.at(-1); last !== undefined && (last.source >= sync.source || last.target >= sync.target); last = known.at(-1)) known.pop();
  known.push(sync);
  syncs.set(key, known);
}

/** undefined: not one of MirrorMaker's notes, as we know them. */
export function readSync({ key, value }: Pick<DataRecord, 'key' | 'value'>): { key: string; sync: OffsetSync } | undefined {
  if (key === null || value === null || key.length < 2 + KEY_TAIL_BYTES || value.length < VALUE_BYTES) return undefined;
  const nameBytes = key.readInt16BE(0);
  if (nameBytes < 0 || key.length !== 2 + nameBytes + KEY_TAIL_BYTES) return undefined;
  const topic = key.toString('utf8', 2, 2 + nameBytes);
  return { key: partitionKey({ topic, partition: key.readInt32BE(2 + nameBytes) }), sync: { source: value.readBigInt64BE(0), target: value.readBigInt64BE(8) } };
}
