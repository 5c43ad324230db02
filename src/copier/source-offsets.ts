import type { CallOptions } from '../client/client-options.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { EARLIEST, LATEST } from '../client/list-offsets.ts';
import { kafkaError } from '../client/call-deadline.ts';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { keyPartition } from './key-partition.ts';

/**
 * How far one partition of the source is on the target, as Kafka Connect keeps it: in the same transaction as the records, with the key
 * `["MirrorSourceConnector",{"cluster":"main","partition":0,"topic":"t"}]` and the value `{"offset":N}`.
 */
export interface SourceOffset {
  readonly topic: string;
  readonly partition: number;
  /** Of the last record that is on the target for good. */
  readonly offset: bigint;
  /** The record's key, byte for byte as Connect wrote it: it finds its position by it. */
  readonly key: Buffer;
  /** Of the offsets topic. */
  readonly keptIn: number;
}

export interface SourceOffsets {
  readonly topic: string;
  /** Everything that is committed, by `topic-n`. Later calls only read what is new. Throws UNAVAILABLE. */
  read(call?: CallOptions): Promise<ReadonlyMap<string, SourceOffset>>;
  /** Where the position of a partition is or would be written. Throws UNAVAILABLE when Connect's keys do not look as we know them. */
  place(topic: string, partition: number): Pick<SourceOffset, 'key' | 'keptIn'>;
}

const CONNECTOR = 'MirrorSourceConnector';

/** The positions of the MirrorMaker that copies from `source`, on the target, which `client` is of. */
export function openSourceOffsets(client: KafkaClient, source: string): SourceOffsets {
  const offsetsTopic = `mm2-offsets.${source}.internal`;
  const known = new Map<string, SourceOffset>();
  const readTo = new Map<number, bigint>();
  let partitionCount = 0;
  return {
    topic: offsetsTopic,
    read: async (call = {}) => {
      const { topics: [found] } = await client.metadata([offsetsTopic], call);
      if (found === undefined || found.errorCode !== ERROR.NONE) throw new GwctlError('UNAVAILABLE', `${offsetsTopic} is not on the target: MirrorMaker has never replicated from ${source}`);
      partitionCount = found.partitions.length;
      await Promise.all(found.partitions.map(async ({ index }) => {
        const query = { topic: offsetsTopic, partition: index, isolation: 'read_committed' as const };
        const [end, start] = await Promise.all([LATEST, EARLIEST].map(async (timestamp) => (await client.listOffsets([{ ...query, timestamp }], call))[0]));
        if (end === undefined || start === undefined || end.errorCode !== 0 || start.errorCode !== 0) throw kafkaError(`offsets of ${offsetsTopic}-${index}`, end?.errorCode || (start?.errorCode ?? -1));
        const from = readTo.get(index) ?? start.offset;
        for await (const { key, value } of client.readRecords(offsetsTopic, index, from, { isolation: 'read_committed', until: end.offset })) {
          const position = parseSourceOffset(key, value, source);
          if (position !== undefined) known.set(`${position.topic}-${position.partition}`, { ...position, keptIn: index });
        }
        readTo.set(index, end.offset);
      }));
      return known;
    },
    place: (topic, partition) => {
      const there = known.get(`${topic}-${partition}`);
      if (there !== undefined) return there;
      const odd = [...known.values()].find((one) => !one.key.equals(renderKey(source, one.topic, one.partition)));
      if (odd !== undefined) throw new GwctlError('UNAVAILABLE', `the key ${odd.key.toString('utf8')} in ${offsetsTopic} is not one of a MirrorMaker that is known here`);
      const key = renderKey(source, topic, partition);
      return { key, keptIn: keyPartition(key, partitionCount) };
    },
  };
}

export function renderSourceOffset(offset: bigint): Buffer {
  return Buffer.from(`{"offset":${offset}}`);
}

/** As Connect's JSON converter writes it for MirrorMaker's tasks. */
function renderKey(cluster: string, topic: string, partition: number): Buffer {
  return Buffer.from(JSON.stringify([CONNECTOR, { cluster, partition, topic }]));
}

function parseSourceOffset(key: Buffer | null, value: Buffer | null, source: string): Omit<SourceOffset, 'keptIn'> | undefined {
  if (key === null || value === null) return undefined;
  try {
    const [connector, { cluster, topic, partition }] = JSON.parse(key.toString('utf8')) as [string, { cluster: string; partition: number; topic: string }];
    const { offset } = JSON.parse(value.toString('utf8')) as { offset: number };
    if (connector !== CONNECTOR || cluster !== source || !Number.isSafeInteger(offset)) return undefined;
    return { topic, partition, offset: BigInt(offset), key: Buffer.from(key) };
  } catch {
    return undefined;
  }
}
