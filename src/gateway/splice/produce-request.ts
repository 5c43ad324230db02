import type { Emit } from '../byte-source.ts';
import { GwctlError } from '../../shared/errors.ts';
import { ZERO_UUID } from '../../wire/schema.ts';
import { encodeInt32, encodeString, type FrameReader, type Measured } from '../frame-reader.ts';
import { after, type Soon } from '../soon.ts';
import type { TenantNames } from '../tenant-names.ts';
import { TOPIC_ID_BYTES } from '../topic-ids.ts';
import { peekBatchHead, type BatchHead, type OnBatch } from './batch-head.ts';

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
export async function spliceProduceRequest(reader: FrameReader, header: Buffer, names: TenantNames, onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {}): Promise<void> {
  const { flexible } = reader;
  const size = header.length + reader.remaining;
  const start = readProduceStart(reader);
  const { transactionalId, acksAndTimeout, topicCount } = start instanceof Promise ? await start : start;
  const transactional = encodeString(transactionalId === null ? null : names.transactionalIdToPhysical(transactionalId), flexible);
  onAcks(acksAndTimeout.readInt16BE(0));
  const fixed = Buffer.concat([header, transactional, acksAndTimeout, topicCount.raw]);
  const growthSoFar = transactional.length - encodeString(transactionalId, flexible).length;

  const growth = names.uniformGrowth;
  const collected: Buffer[] = [];
  const foreseen = topicCount.value <= 1 || growth !== undefined;
  const emit: Emit = foreseen ? to : (piece) => void collected.push(Buffer.from(piece));

  for (let topic = 0; topic < topicCount.value; topic++) {
    const named = reader.string('topic');
    const virtual = (named instanceof Promise ? await named : named) ?? '';
    const physical = names.topicToPhysical(virtual);
    const oldName = encodeString(virtual, flexible);
    const newName = encodeString(physical, flexible);
    if (topic === 0) {
      const total = topicCount.value === 1 ? newName.length - oldName.length : (growth ?? 0) * topicCount.value;
      const wait = foreseen ? to(Buffer.concat([encodeInt32(size + growthSoFar + total), fixed])) : emit(fixed);
      if (wait !== undefined) await wait;
    }
    if (foreseen && topicCount.value > 1 && newName.length - oldName.length !== growth) throw unforeseenSize(names, virtual);
    const counted = reader.count('partitions');
    const partitionCount = counted instanceof Promise ? await counted : counted;
    const begun = emit(Buffer.concat([newName, partitionCount.raw]));
    if (begun !== undefined) await begun;
    for (let partition = 0; partition < partitionCount.value; partition++) {
      const passed = passPartition(reader, (index, batch) => onBatch({ name: virtual, topicId: ZERO_UUID, physical }, index, batch), emit);
      if (passed !== undefined) await passed;
    }
    const tagged = passTags(reader, emit);
    if (tagged !== undefined) await tagged;
  }
  if (topicCount.value < 1) await (foreseen ? to(Buffer.concat([encodeInt32(size + growthSoFar), fixed])) : emit(fixed));
  const tagged = passTags(reader, emit);
  if (tagged !== undefined) await tagged;
  reader.end();
  if (!foreseen) {
    const total = collected.reduce((sum, piece) => sum + piece.length, 0);
    await to(encodeInt32(total));
    for (const piece of collected) {
      const wait = to(piece);
      if (wait !== undefined) await wait;
    }
  }
}

/** What stands before the topics of a Produce request. */
export function readProduceStart(reader: FrameReader): Soon<{ readonly transactionalId: string | null; readonly acksAndTimeout: Buffer; readonly topicCount: Measured }> {
  return after(reader.string('transactional id'), (transactionalId) =>
    after(reader.bytes(6, 'acks and timeout'), (acksAndTimeout) => after(reader.count('topics'), (topicCount) => ({ transactionalId, acksAndTimeout, topicCount }))),
  );
}

/** One partition of a Produce request, as it is. What has arrived passes at once: a promise means that there is more to come, or that `emit` asks to wait. */
export function passPartition(reader: FrameReader, onBatch: (index: number, batch: BatchHead | undefined) => void, emit: Emit): Soon<void> {
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

function passTags(reader: FrameReader, emit: Emit): Soon<void> {
  return reader.flexible ? after(reader.tags(), (tags) => emit(tags)) : undefined;
}

/** Reads a Produce request to its end and keeps nothing of it but the names: for one that is answered here instead of being forwarded. */
export async function swallowProduceRequest(reader: FrameReader, byId = false): Promise<ProduceHead> {
  await reader.string('transactional id');
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
  return { acks, topics };
}
