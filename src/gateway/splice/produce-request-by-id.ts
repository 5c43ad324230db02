import type { Emit } from '../byte-source.ts';
import { encodeInt32, encodeString, encodeVarint, type FrameReader } from '../frame-reader.ts';
import type { TenantNames } from '../tenant-names.ts';
import { TOPIC_ID_BYTES } from '../topic-ids.ts';
import { after, type Soon } from '../soon.ts';
import type { OnBatch } from './batch-head.ts';
import { LEAST_PADDING, padTags } from './padding.ts';
import { passPartition, readProduceStart } from './produce-request.ts';

/** A topic that a Produce request named by an id that is no topic's of this virtual cluster. */
export interface UnknownTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** The first version of Produce that names topics by id. */
export const FIRST_PRODUCE_BY_ID = 13;

/**
 * As `spliceProduceRequest`, for the versions in which a client gives topic ids: the broker gets names (`header` says in which version). Each id
 * that is no topic's is added to `unknown`.
 *
 * By how much the frame grows is not known before its last topic, and its size comes first. With one topic there is nothing to guess. With more
 * the size is that of the longest name for each, and what the frame lacks in the end is an unknown tagged field, which brokers skip. A
 * topic that is nobody's goes on without its partitions, and its records are dropped.
 *
 * @returns 'nothing' when there was no other topic: then no byte was sent, and `onAcks` was not called
 */
export async function spliceProduceRequestById(
  reader: FrameReader, header: Buffer, names: TenantNames, nameOf: (topicId: string) => Soon<string | undefined>, unknown: UnknownTopic[],
  onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {},
): Promise<{ readonly acks: number; readonly sent: 'request' | 'nothing' }> {
  const size = header.length + reader.remaining;
  const start = readProduceStart(reader);
  const { transactionalId, acksAndTimeout, topicCount } = start instanceof Promise ? await start : start;
  const acks = acksAndTimeout.readInt16BE(0);
  const transactional = encodeString(transactionalId === null ? null : names.transactionalIdToPhysical(transactionalId), true);
  const fixed = Buffer.concat([header, transactional, acksAndTimeout, topicCount.raw]);
  const growthSoFar = transactional.length - encodeString(transactionalId, true).length;
  let longestName = 0;
  let declared = 0;
  let sent = 0;
  const emit: Emit = (piece, lease) => {
    sent += piece.length;
    return to(piece, lease);
  };
  const begin = (growth: number): Soon<void> => {
    declared = size + growthSoFar + growth;
    onAcks(acks);
    sent += fixed.length;
    return to(Buffer.concat([encodeInt32(declared), fixed]));
  };

  if (topicCount.value < 1) await begin(0);
  for (let topic = 0; topic < topicCount.value; topic++) {
    const idBytes = reader.bytes(TOPIC_ID_BYTES, 'topic id');
    const topicId = (idBytes instanceof Promise ? await idBytes : idBytes).toString('base64url');
    const found = nameOf(topicId);
    const virtual = found instanceof Promise ? await found : found;
    const name = virtual === undefined ? undefined : encodeString(names.topicToPhysical(virtual), true);
    let begun: Soon<void> = undefined;
    if (topicCount.value === 1) {
      if (name === undefined) {
        unknown.push({ topicId, partitions: await skipPartitions(reader) });
        await reader.tags();
        await reader.tags();
        reader.end();
        return { acks, sent: 'nothing' };
      }
      begun = begin(name.length - TOPIC_ID_BYTES);
    } else if (topic === 0) {
      // Only now: a node that was restarted learns all names when it is asked for the first.
      longestName = encodedLength(names.longestTopicBytes);
      begun = begin((longestName - TOPIC_ID_BYTES) * topicCount.value + LEAST_PADDING);
    }
    if (begun !== undefined) await begun;
    // A name that was learned within this frame may not fit into what was foreseen: the client's next try will find it.
    if (name === undefined || virtual === undefined || (topicCount.value > 1 && name.length > longestName)) {
      await emit(Buffer.concat([encodeString(names.virtualCluster, true), encodeVarint(1)]));
      unknown.push({ topicId, partitions: await skipPartitions(reader) });
    } else {
      const physical = names.topicToPhysical(virtual);
      const counted = reader.count('partitions');
      const partitionCount = counted instanceof Promise ? await counted : counted;
      const wait = emit(Buffer.concat([name, partitionCount.raw]));
      if (wait !== undefined) await wait;
      for (let partition = 0; partition < partitionCount.value; partition++) {
        const passed = passPartition(reader, (index, batch) => onBatch({ name: '', topicId, physical }, index, batch), emit);
        if (passed !== undefined) await passed;
      }
    }
    const tagged = after(reader.tags(), (tags) => emit(tags));
    if (tagged !== undefined) await tagged;
  }
  const last = reader.tags();
  const tags = last instanceof Promise ? await last : last;
  reader.end();
  const lacking = declared - sent - tags.length;
  const ended = lacking === 0 ? emit(tags) : pad(tags, lacking, emit);
  if (ended !== undefined) await ended;
  return { acks, sent: 'request' };
}

async function pad(tags: Buffer, bytes: number, emit: Emit): Promise<void> {
  for (const piece of padTags(tags, bytes)) await emit(piece);
}

async function skipPartitions(reader: FrameReader): Promise<number[]> {
  const partitionCount = await reader.count('partitions');
  const partitions: number[] = [];
  for (let partition = 0; partition < partitionCount.value; partition++) {
    partitions.push((await reader.bytes(4, 'partition index')).readInt32BE(0));
    const records = await reader.length('int32', 'records');
    if (records.value > 0) await reader.pass(records.value, 'records', () => {});
    await reader.tags();
  }
  return partitions;
}

/** Of a compact string of so many bytes. */
function encodedLength(bytes: number): number {
  return encodeVarint(bytes + 1).length + bytes;
}
