import type { Emit } from '../byte-source.ts';
import { GwctlError } from '../../shared/errors.ts';
import { ByteReader } from '../../wire/byte-reader.ts';
import { encodeInt32, encodeString, type FrameReader } from '../frame-reader.ts';
import { unforeseenSize } from './produce-request.ts';
import { after, type Soon } from '../soon.ts';
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
    for (let partition = 0; partition < partitionCount.value; partition++) {
      const passed = splicePartition(reader, version, emit);
      if (passed !== undefined) await passed;
    }
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

/** One partition of a Fetch response, without leader epochs. What has arrived passes at once, as in `passPartition`. */
export function splicePartition(reader: FrameReader, version: number, emit: Emit): Soon<void> {
  return after(readPartitionHead(reader, version), (head) =>
    after(version >= 11 ? reader.bytes(4, 'preferred read replica') : EMPTY, (replica) =>
      after(reader.length('int32', 'records'), (records) =>
        after(emit(Buffer.concat([...head, replica, records.raw])), () =>
          after(records.value > 0 ? reader.pass(records.value, 'records', emit) : undefined, () =>
            reader.flexible ? after(reader.tags(), (tags) => emit(withoutEpochs(tags))) : undefined,
          ),
        ),
      ),
    ),
  );
}

/** Index, error, high watermark, last stable offset, from version 5 the log start offset, and aborted transactions. */
function readPartitionHead(reader: FrameReader, version: number): Soon<readonly Buffer[]> {
  return after(reader.bytes(version >= 5 ? 30 : 22, 'partition'), (fixed) =>
    after(reader.length('int32', 'aborted transactions'), (aborted) => (aborted.value > 0 ? readAborted(reader, [fixed, aborted.raw], aborted.value) : [fixed, aborted.raw])),
  );
}

async function readAborted(reader: FrameReader, head: Buffer[], count: number): Promise<readonly Buffer[]> {
  for (let index = 0; index < count; index++) {
    head.push(await reader.bytes(16, 'aborted transaction'));
    if (reader.flexible) head.push(await reader.tags());
  }
  return head;
}

const EMPTY = Buffer.alloc(0);

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
