import { GwctlError } from '../../shared/errors.ts';
import { BATCH_HEADER_BYTES } from '../../wire/record-batch.ts';
import { ZERO_UUID } from '../../wire/schema.ts';
import type { Emit } from '../bytes/byte-source.ts';
import { encodeInt32, encodeString, type FrameReader, type Measured } from '../bytes/frame-reader.ts';
import { after, repeat, type Soon } from '../bytes/soon.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import { TOPIC_ID_BYTES } from '../tenants/topic-ids.ts';
import { batchHeadAt, peekBatchHead, type BatchHead, type OnBatch } from './batch-head.ts';

/** What a Produce request asks for, without the records. */
export interface ProduceHead {
  readonly acks: number;
  /** By name, or by id where the version has ids. */
  readonly topics: { readonly name: string; readonly topicId: string; readonly partitions: number[] }[];
}

/**
 * A name whose rewritten length could not be foreseen when the frame's size had already been sent (a name near 127 bytes, beside others).
 * Only this connection ends; from then on this tenant's frames are measured first.
 */
export function unforeseenSize(names: TenantNames, name: string): GwctlError {
  names.growsUnevenly();
  return new GwctlError('PROTOCOL', `topic name of ${Buffer.byteLength(name)} bytes changes the size of a frame whose size was already sent; the next try will pass`);
}

/**
 * Forwards the Produce request whose header was read up to `reader`, with physical names. The heads are read and rewritten, the record
 * bytes pass as they arrive: no part of them is joined, copied or kept.
 *
 *   size' header | transactionalId' acks timeout [topic' [index records tags]… tags]… tags
 *
 * The new size comes first, before the names are known. It is foreseen when there is one topic, or when every name grows by the same
 * number of bytes (no aliases); else the frame is collected and measured. `onAcks` is called before the first byte leaves, `onBatch` for each partition.
 */
export function spliceProduceRequest(reader: FrameReader, header: Buffer, names: TenantNames, onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {}): Soon<void> {
  const { flexible } = reader;
  const size = header.length + reader.remaining;
  return after(readProduceStart(reader), ({ transactionalId, acksAndTimeout, topicCount }) => {
    const transactional = encodeString(transactionalId === null ? null : names.transactionalIdToPhysical(transactionalId), flexible);
    onAcks(acksAndTimeout.readInt16BE(0));
    const fixed = Buffer.concat([header, transactional, acksAndTimeout, topicCount.raw]);
    const growthSoFar = transactional.length - encodeString(transactionalId, flexible).length;
    const growth = names.uniformGrowth;
    const collected: Buffer[] = [];
    const foreseen = topicCount.value <= 1 || growth !== undefined;
    const emit: Emit = foreseen ? to : (piece) => void collected.push(Buffer.from(piece));
    const begin = (longer: number): void | Promise<void> => (foreseen ? to(Buffer.concat([encodeInt32(size + growthSoFar + longer), fixed])) : emit(fixed));
    const passTopic = (topic: number): Soon<void> =>
      after(reader.string('topic'), (named) => {
        const virtual = named ?? '';
        const physical = names.topicToPhysical(virtual);
        const newName = encodeString(physical, flexible);
        const longer = newName.length - encodeString(virtual, flexible).length;
        const told = { name: virtual, topicId: ZERO_UUID, physical };
        const tell = (index: number, batch: BatchHead | undefined): void => onBatch(told, index, batch);
        return after(topic === 0 ? begin(topicCount.value === 1 ? longer : (growth ?? 0) * topicCount.value) : undefined, () => {
          if (foreseen && topicCount.value > 1 && longer !== growth) throw unforeseenSize(names, virtual);
          return after(reader.count('partitions'), (count) =>
            after(emit(Buffer.concat([newName, count.raw])), () => after(repeat(count.value, () => passPartition(reader, tell, emit)), () => passTags(reader, emit))),
          );
        });
      });
    const end = (): Soon<void> =>
      after(passTags(reader, emit), () => {
        reader.end();
        return foreseen ? undefined : emitMeasured(collected, to);
      });
    return after(topicCount.value < 1 ? begin(0) : repeat(topicCount.value, passTopic), end);
  });
}

/** A frame whose size could not be foreseen, once all of it is here. */
export async function emitMeasured(pieces: readonly Buffer[], to: Emit): Promise<void> {
  await to(encodeInt32(pieces.reduce((sum, piece) => sum + piece.length, 0)));
  for (const piece of pieces) {
    const wait = to(piece);
    if (wait !== undefined) await wait;
  }
}

/** Null as transactional id, acks, timeout, and fewer than 127 topics. */
const PLAIN_START_BYTES = 8;
const NULL = 0;

/** What stands before the topics of a Produce request. */
export function readProduceStart(reader: FrameReader): Soon<{ readonly transactionalId: string | null; readonly acksAndTimeout: Buffer; readonly topicCount: Measured }> {
  if (reader.flexible && reader.readable >= PLAIN_START_BYTES && reader.byteAt(0) === NULL && reader.byteAt(PLAIN_START_BYTES - 1) < 0x80) {
    return after(reader.bytes(PLAIN_START_BYTES, 'transactional id, acks, timeout and topics'), (start) => ({
      transactionalId: null,
      acksAndTimeout: start.subarray(1, 7),
      topicCount: { value: start.readUInt8(7) - 1, raw: start.subarray(7) },
    }));
  }
  return after(reader.string('transactional id'), (transactionalId) =>
    after(reader.bytes(6, 'acks and timeout'), (acksAndTimeout) => after(reader.count('topics'), (topicCount) => ({ transactionalId, acksAndTimeout, topicCount }))),
  );
}

/** Index, length of the records, head of their batch: what is looked at of a partition, at most. */
const PARTITION_HEAD_BYTES = 4 + 5 + BATCH_HEADER_BYTES;

/** One partition of a Produce request, as it is. What has arrived passes at once: a promise means that there is more to come, or that `emit` asks to wait. */
export function passPartition(reader: FrameReader, onBatch: (index: number, batch: BatchHead | undefined) => void, emit: Emit): Soon<void> {
  const records = reader.readable < PARTITION_HEAD_BYTES ? undefined : reader.lengthAt(4);
  if (records === undefined || records.value < 0 || records.end + records.value > reader.remaining) return passPartitionByFields(reader, onBatch, emit);
  onBatch(reader.int32At(0), batchHeadAt(reader, records.end, records.value));
  const passed = reader.pass(records.end + records.value, 'records', emit);
  return passed === undefined ? passTags(reader, emit) : passed.then(() => passTags(reader, emit));
}

/** The same where the head comes in pieces, or is not what it should be. */
function passPartitionByFields(reader: FrameReader, onBatch: (index: number, batch: BatchHead | undefined) => void, emit: Emit): Soon<void> {
  return after(reader.bytes(4, 'partition index'), (index) =>
    after(reader.length('int32', 'records'), (records) =>
      after(emit(Buffer.concat([index, records.raw])), () =>
        after(peekBatchHead(reader, records.value), (batch) => {
          onBatch(index.readInt32BE(0), batch);
          return after(records.value > 0 ? reader.pass(records.value, 'records', emit) : undefined, () => passTags(reader, emit));
        }),
      ),
    ),
  );
}

/** Tagged fields, as they are or as `change` makes them; mostly there are none. */
export function passTags(reader: FrameReader, emit: Emit, change = (tags: Buffer): Buffer => tags): Soon<void> {
  if (reader.flexible && reader.readable > 0 && reader.byteAt(0) === 0) return reader.pass(1, 'tagged fields', emit);
  return reader.flexible ? after(reader.tags(), (tags) => emit(change(tags))) : undefined;
}

/** Reads a Produce request to its end and keeps nothing of it but the names: for one that is answered here instead of being forwarded. */
export async function swallowProduceRequest(reader: FrameReader, byId = false): Promise<ProduceHead & { readonly transactionalId: string | null }> {
  const transactionalId = await reader.string('transactional id');
  const acks = (await reader.bytes(6, 'acks and timeout')).readInt16BE(0);
  const topicCount = await reader.count('topics');
  const topics: { name: string; topicId: string; partitions: number[] }[] = [];
  for (let topic = 0; topic < topicCount.value; topic++) {
    const topicId = byId ? (await reader.bytes(TOPIC_ID_BYTES, 'topic id')).toString('base64url') : ZERO_UUID;
    const name = byId ? '' : ((await reader.string('topic')) ?? '');
    const partitionCount = await reader.count('partitions');
    const partitions: number[] = [];
    for (let partition = 0; partition < partitionCount.value; partition++) {
      partitions.push((await reader.bytes(4, 'partition index')).readInt32BE(0));
      const records = await reader.length('int32', 'records');
      if (records.value > 0) await reader.pass(records.value, 'records', () => {});
      await reader.tags();
    }
    await reader.tags();
    topics.push({ name, topicId, partitions });
  }
  await reader.tags();
  reader.end();
  return { transactionalId, acks, topics };
}
