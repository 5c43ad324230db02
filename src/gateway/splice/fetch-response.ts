import { GwctlError } from '../../shared/errors.ts';
import { ByteReader } from '../../wire/byte-reader.ts';
import type { Emit } from '../bytes/byte-source.ts';
import { encodeInt32, encodeString, type FrameReader, type Measured } from '../bytes/frame-reader.ts';
import { after, repeat, type Soon } from '../bytes/soon.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import { emitMeasured, passTags, unforeseenSize } from './produce-request.ts';

/**
 * Forwards the Fetch response whose frame starts at `reader` (correlation id first), with virtual names; record bytes pass as they
 * arrive, as in `spliceProduceRequest`, and the size is foreseen in the same way.
 *
 *   size' correlationId tags | throttle [error session] [topic' [index error hw lso start [aborted]… replica records tags]… tags]… tags
 */
export function spliceFetchResponse(reader: FrameReader, version: number, names: TenantNames, to: Emit, throttleMs = 0): Soon<void> {
  const { flexible } = reader;
  const size = reader.remaining;
  return after(readFetchStart(reader, version, throttleMs), ({ start, topicCount }) => {
    const shrink = names.uniformGrowth;
    const collected: Buffer[] = [];
    const foreseen = topicCount.value <= 1 || shrink !== undefined;
    const emit: Emit = foreseen ? to : (piece) => void collected.push(Buffer.from(piece));
    const begin = (shorter: number): void | Promise<void> => (foreseen ? to(Buffer.concat([encodeInt32(size - shorter), start, topicCount.raw])) : emit(Buffer.concat([start, topicCount.raw])));
    const passTopic = (topic: number): Soon<void> =>
      after(reader.string('topic'), (name) => {
        const physical = name ?? '';
        const virtual = names.topicToVirtual(physical);
        if (virtual === undefined) throw foreignTopic();
        const newName = encodeString(virtual, flexible);
        const shorter = encodeString(physical, flexible).length - newName.length;
        return after(topic === 0 ? begin(topicCount.value === 1 ? shorter : (shrink ?? 0) * topicCount.value) : undefined, () => {
          if (foreseen && topicCount.value > 1 && shorter !== shrink) throw unforeseenSize(names, virtual);
          return after(reader.length('int32', 'partitions'), (partitions) =>
            after(emit(Buffer.concat([newName, partitions.raw])), () => after(repeat(partitions.value, () => splicePartition(reader, version, emit)), () => passTags(reader, emit))),
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

/** What stands before the topics of a Fetch response. */
export function readFetchStart(reader: FrameReader, version: number, throttleMs: number): Soon<{ readonly start: Buffer; readonly topicCount: Measured }> {
  return after(reader.bytes(4, 'correlation id'), (correlationId) =>
    after(reader.tags(), (tags) =>
      after(reader.bytes(version >= 7 ? 10 : 4, 'throttle time, error and session'), (throttled) =>
        after(reader.length('int32', 'topics'), (topicCount) => ({ start: Buffer.concat([correlationId, tags, withThrottle(throttled, throttleMs)]), topicCount })),
      ),
    ),
  );
}

export function foreignTopic(): GwctlError {
  return new GwctlError('PROTOCOL', 'Fetch: the broker answered for a topic of another virtual cluster');
}

/** The longer of both times: the client keeps away from both. */
function withThrottle(start: Buffer, throttleMs: number): Buffer {
  if (throttleMs > start.readInt32BE(0)) start.writeInt32BE(throttleMs, 0);
  return start;
}

/** One partition of a Fetch response, without leader epochs. What has arrived passes at once, as in `passPartition`. */
export function splicePartition(reader: FrameReader, version: number, emit: Emit): Soon<void> {
  const isPlain = version >= FIRST_FLEXIBLE && reader.readable >= PLAIN_HEAD_BYTES && reader.byteAt(PLAIN.aborted) <= EMPTY_LIST;
  const records = isPlain ? reader.lengthAt(PLAIN.records) : undefined;
  if (records === undefined || records.value < -1 || records.end + records.value > reader.remaining) return splicePartitionByFields(reader, version, emit);
  return after(reader.pass(records.end + Math.max(0, records.value), 'records', emit), () => passTags(reader, emit, withoutEpochs));
}

/** Index, error, high watermark, last stable offset, log start offset, no aborted transactions, preferred replica, length of the records. */
const PLAIN = { aborted: 30, records: 35 } as const;
const PLAIN_HEAD_BYTES = 40;
const FIRST_FLEXIBLE = 12;
const EMPTY_LIST = 1;

/** The same where the head comes in pieces, or says more. */
function splicePartitionByFields(reader: FrameReader, version: number, emit: Emit): Soon<void> {
  return after(readPartitionHead(reader, version), (head) =>
    after(version >= 11 ? reader.bytes(4, 'preferred read replica') : EMPTY, (replica) =>
      after(reader.length('int32', 'records'), (records) =>
        after(emit(Buffer.concat([...head, replica, records.raw])), () =>
          after(records.value > 0 ? reader.pass(records.value, 'records', emit) : undefined, () => passTags(reader, emit, withoutEpochs)),
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
