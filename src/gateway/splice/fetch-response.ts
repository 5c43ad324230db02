import type { Emit } from '../byte-source.ts';
import { GwctlError } from '../../shared/errors.ts';
import { ByteReader } from '../../wire/byte-reader.ts';
import { encodeInt32, encodeString, type FrameReader } from '../frame-reader.ts';
import { unforeseenSize } from './produce-request.ts';
import type { TenantNames } from '../tenant-names.ts';

/**
 * Forwards the Fetch response whose frame starts at `reader` (correlation id first), with virtual names; record bytes pass as they
 * arrive, as in `spliceProduceRequest`, and the size is foreseen in the same way.
 *
 *   size' correlationId tags | throttle [error session] [topic' [index error hw lso start [aborted]… replica records tags]… tags]… tags
 */
export async function spliceFetchResponse(reader: FrameReader, version: number, names: TenantNames, to: Emit, throttleMs = 0): Promise<void> {
  const { flexible } = reader;
  const size = reader.remaining;
  const start = [await reader.bytes(4, 'correlation id')];
  if (flexible) start.push(await reader.tags());
  start.push(withThrottle(await reader.bytes(version >= 7 ? 10 : 4, 'throttle time, error and session'), throttleMs));
  const topicCount = await reader.length('int32', 'topics');
  start.push(topicCount.raw);
  const fixed = Buffer.concat(start);

  const shrink = names.uniformGrowth;
  const collected: Buffer[] = [];
  const foreseen = topicCount.value <= 1 || shrink !== undefined;
  const emit: Emit = foreseen ? to : (piece) => void collected.push(Buffer.from(piece));
  if (topicCount.value < 1) await (foreseen ? to(Buffer.concat([encodeInt32(size), fixed])) : emit(fixed));

  for (let topic = 0; topic < topicCount.value; topic++) {
    const physical = (await reader.string('topic')) ?? '';
    const virtual = names.topicToVirtual(physical);
    if (virtual === undefined) throw new GwctlError('PROTOCOL', 'Fetch: the broker answered for a topic of another virtual cluster');
    const oldName = encodeString(physical, flexible);
    const newName = encodeString(virtual, flexible);
    if (topic === 0) {
      const total = topicCount.value === 1 ? oldName.length - newName.length : (shrink ?? 0) * topicCount.value;
      const wait = foreseen ? to(Buffer.concat([encodeInt32(size - total), fixed])) : emit(fixed);
      if (wait !== undefined) await wait;
    }
    if (foreseen && topicCount.value > 1 && oldName.length - newName.length !== shrink) throw unforeseenSize(names, virtual);
    const partitionCount = await reader.length('int32', 'partitions');
    await emit(Buffer.concat([newName, partitionCount.raw]));
    for (let partition = 0; partition < partitionCount.value; partition++) await splicePartition(reader, version, emit);
    if (flexible) await emit(await reader.tags());
  }
  if (flexible) await emit(await reader.tags());
  reader.end();
  if (!foreseen) {
    await to(encodeInt32(collected.reduce((sum, piece) => sum + piece.length, 0)));
    for (const piece of collected) {
      const wait = to(piece);
      if (wait !== undefined) await wait;
    }
  }
}

/** The longer of both times: the client keeps away from both. */
export function withThrottle(start: Buffer, throttleMs: number): Buffer {
  if (throttleMs > start.readInt32BE(0)) start.writeInt32BE(throttleMs, 0);
  return start;
}

/** One partition of a Fetch response, without leader epochs. */
export async function splicePartition(reader: FrameReader, version: number, emit: Emit): Promise<void> {
  // index, error, high watermark, last stable offset, and from version 5 the log start offset
  const head = [await reader.bytes(version >= 5 ? 30 : 22, 'partition')];
  const aborted = await reader.length('int32', 'aborted transactions');
  head.push(aborted.raw);
  for (let index = 0; index < aborted.value; index++) {
    head.push(await reader.bytes(16, 'aborted transaction'));
    if (reader.flexible) head.push(await reader.tags());
  }
  if (version >= 11) head.push(await reader.bytes(4, 'preferred read replica'));
  const records = await reader.length('int32', 'records');
  head.push(records.raw);
  const wait = emit(Buffer.concat(head));
  if (wait !== undefined) await wait;
  if (records.value > 0) await reader.pass(records.value, 'records', emit);
  if (reader.flexible) await emit(withoutEpochs(await reader.tags()));
}

/** Bytes of DivergingEpoch (epoch, end offset), CurrentLeader (leader, epoch) and SnapshotId (end offset, epoch), by their tags; what follows in each are its own tags. */
const EPOCH_BYTES = [12, 8, 12];

/**
 * DivergingEpoch (0), CurrentLeader (1) and SnapshotId (2) would show a leader epoch of one backend (D1). Brokers fill them only for
 * requests that carried an epoch, which ours do not; should one appear all the same, its bytes are set to -1 in place, so that the size holds.
 */
function withoutEpochs(tags: Buffer): Buffer {
  if (tags.length <= 1) return tags;
  const reader = new ByteReader(Buffer.from(tags));
  for (let left = reader.readUnsignedVarint(); left > 0; left--) {
    const tag = reader.readUnsignedVarint();
    const bytes = reader.readSlice(reader.readUnsignedVarint());
    bytes.fill(0xff, 0, Math.min(bytes.length, EPOCH_BYTES[tag] ?? 0));
  }
  return reader.buffer;
}
