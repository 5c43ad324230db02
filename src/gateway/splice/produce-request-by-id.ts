import type { Emit } from '../bytes/byte-source.ts';
import { encodeString, encodeVarint, type FrameReader } from '../bytes/frame-reader.ts';
import { after, repeat, type Soon } from '../bytes/soon.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import { TOPIC_ID_BYTES } from '../tenants/topic-ids.ts';
import type { BatchHead, OnBatch } from './batch-head.ts';
import { LEAST_PADDING, PaddedFrame } from './padding.ts';
import { passPartition, passTags, readProduceStart } from './produce-request.ts';

/** A topic that a Produce request named by an id that is no topic's of this virtual cluster. */
export interface UnknownTopic {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

/** What became of the request: 'nothing' when no topic of it was known. */
export interface SplicedById {
  readonly acks: number;
  readonly sent: 'request' | 'nothing';
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
export function spliceProduceRequestById(
  reader: FrameReader, header: Buffer, names: TenantNames, nameOf: (topicId: string) => Soon<string | undefined>, unknown: UnknownTopic[],
  onAcks: (acks: number) => void, to: Emit, onBatch: OnBatch = () => {},
): Soon<SplicedById> {
  const size = header.length + reader.remaining;
  return after(readProduceStart(reader), ({ transactionalId, acksAndTimeout, topicCount }) => {
    const acks = acksAndTimeout.readInt16BE(0);
    const transactional = encodeString(transactionalId === null ? null : names.transactionalIdToPhysical(transactionalId), true);
    const fixed = Buffer.concat([header, transactional, acksAndTimeout, topicCount.raw]);
    const growthSoFar = transactional.length - encodeString(transactionalId, true).length;
    let longestName = Infinity;
    const frame = new PaddedFrame(to);
    const { emit } = frame;
    const begin = (growth: number): void | Promise<void> => {
      onAcks(acks);
      return frame.begin(size + growthSoFar + growth, fixed);
    };
    // Only once the first name was asked for: a node that was restarted learns all names then.
    const beginWithSeveral = (): void | Promise<void> => {
      longestName = encodedLength(names.longestTopicBytes);
      return begin((longestName - TOPIC_ID_BYTES) * topicCount.value + LEAST_PADDING);
    };
    const passTopic = ({ topicId, physical }: ProducedTopic): Soon<void> => {
      const name = physical === undefined ? undefined : encodeString(physical, true);
      // A name that was learned within this frame may not fit into what was foreseen: the client's next try will find it.
      if (physical === undefined || name === undefined || name.length > longestName) {
        const nobodys = Buffer.concat([encodeString(names.virtualCluster, true), encodeVarint(1)]);
        return after(emit(nobodys), () => after(skipPartitions(reader), (partitions) => (unknown.push({ topicId, partitions }), passTags(reader, emit))));
      }
      const topic = { name: '', topicId, physical };
      const tell = (index: number, batch: BatchHead | undefined): void => onBatch(topic, index, batch);
      return after(reader.count('partitions'), (count) =>
        after(emit(Buffer.concat([name, count.raw])), () => after(repeat(count.value, () => passPartition(reader, tell, emit)), () => passTags(reader, emit))),
      );
    };
    const end = (): Soon<SplicedById> =>
      after(reader.tags(), (tags) => {
        reader.end();
        return after(frame.end(tags), () => ({ acks, sent: 'request' as const }));
      });

    if (topicCount.value < 1) return after(begin(0), end);
    if (topicCount.value > 1) {
      return after(repeat(topicCount.value, (index) => after(readTopic(reader, names, nameOf), (topic) => after(index === 0 ? beginWithSeveral() : undefined, () => passTopic(topic)))), end);
    }
    return after(readTopic(reader, names, nameOf), (topic) => {
      if (topic.physical === undefined) return after(skipTopicAndEnd(reader), (partitions) => (unknown.push({ topicId: topic.topicId, partitions }), { acks, sent: 'nothing' as const }));
      return after(begin(encodedLength(Buffer.byteLength(topic.physical)) - TOPIC_ID_BYTES), () => after(passTopic(topic), end));
    });
  });
}

interface ProducedTopic {
  readonly topicId: string;
  /** undefined: nobody's. */
  readonly physical: string | undefined;
}

function readTopic(reader: FrameReader, names: TenantNames, nameOf: (topicId: string) => Soon<string | undefined>): Soon<ProducedTopic> {
  return after(reader.bytes(TOPIC_ID_BYTES, 'topic id'), (bytes) => {
    const topicId = bytes.toString('base64url');
    return after(nameOf(topicId), (virtual) => ({ topicId, physical: virtual === undefined ? undefined : names.topicToPhysical(virtual) }));
  });
}

async function skipTopicAndEnd(reader: FrameReader): Promise<number[]> {
  const partitions = await skipPartitions(reader);
  await reader.tags();
  await reader.tags();
  reader.end();
  return partitions;
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
