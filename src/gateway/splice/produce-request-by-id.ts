import type { Emit } from '../byte-source.ts';
import { encodeInt32, encodeString, encodeVarint, type FrameReader } from '../frame-reader.ts';
import type { TenantNames } from '../tenant-names.ts';
import { TOPIC_ID_BYTES } from '../topic-ids.ts';
import { peekBatchHead, type BatchHead, type OnBatch } from './batch-head.ts';
import { LEAST_PADDING, padTags } from './padding.ts';

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
  reader: FrameReader, header: Buffer, names: TenantNames, nameOf: (topicId: string) => Promise<string | undefined>, unknown: UnknownTopic[],
  onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {},
): Promise<{ readonly acks: number; readonly sent: 'request' | 'nothing' }> {
  const size = header.length + reader.remaining;
  const transactionalId = await reader.string('transactional id');
  const acksAndTimeout = await reader.bytes(6, 'acks and timeout');
  const acks = acksAndTimeout.readInt16BE(0);
  const topicCount = await reader.count('topics');
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
  const begin = async (growth: number): Promise<void> => {
    declared = size + growthSoFar + growth;
    onAcks(acks);
    await to(encodeInt32(declared));
    await emit(fixed);
  };

  if (topicCount.value < 1) await begin(0);
  for (let topic = 0; topic < topicCount.value; topic++) {
    const topicId = (await reader.bytes(TOPIC_ID_BYTES, 'topic id')).toString('base64url');
    const virtual = await nameOf(topicId);
    const name = virtual === undefined ? undefined : encodeString(names.topicToPhysical(virtual), true);
    if (topicCount.value === 1) {
      if (name === undefined) {
        unknown.push({ topicId, partitions: await skipPartitions(reader) });
        await reader.tags();
        await reader.tags();
        reader.end();
        return { acks, sent: 'nothing' };
      }
      await begin(name.length - TOPIC_ID_BYTES);
    } else if (topic === 0) {
      // Only now: a node that was restarted learns all names when it is asked for the first.
      longestName = encodedLength(names.longestTopicBytes);
      await begin((longestName - TOPIC_ID_BYTES) * topicCount.value + LEAST_PADDING);
    }
    // A name that was learned within this frame may not fit into what was foreseen: the client's next try will find it.
    if (name === undefined || virtual === undefined || (topicCount.value > 1 && name.length > longestName)) {
      await emit(Buffer.concat([encodeString(names.virtualCluster, true), encodeVarint(1)]));
      unknown.push({ topicId, partitions: await skipPartitions(reader) });
    } else {
      const partitionCount = await reader.count('partitions');
      await emit(Buffer.concat([name, partitionCount.raw]));
      for (let partition = 0; partition < partitionCount.value; partition++) await passPartition(reader, (index, batch) => onBatch({ name: '', topicId, physical: names.topicToPhysical(virtual) }, index, batch), emit);
    }
    await emit(await reader.tags());
  }
  const tags = await reader.tags();
  reader.end();
  const lacking = declared - sent - tags.length;
  if (lacking === 0) await emit(tags);
  else for (const piece of padTags(tags, lacking)) await emit(piece);
  return { acks, sent: 'request' };
}

async function passPartition(reader: FrameReader, onBatch: (index: number, batch: BatchHead | undefined) => void, emit: Emit): Promise<void> {
  const index = await reader.bytes(4, 'partition index');
  const records = await reader.length('int32', 'records');
  const wait = emit(Buffer.concat([index, records.raw]));
  if (wait !== undefined) await wait;
  onBatch(index.readInt32BE(0), await peekBatchHead(reader, records.value));
  if (records.value > 0) await reader.pass(records.value, 'records', emit);
  await emit(await reader.tags());
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
