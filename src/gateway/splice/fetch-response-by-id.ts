import { encodeMessage } from '../../wire/codec.ts';
import { fetchResponse, type FetchResponse } from '../../wire/generated/fetch.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { Emit } from '../bytes/byte-source.ts';
import { encodeString, encodeVarint, type FrameReader } from '../bytes/frame-reader.ts';
import { after, repeat, type Soon } from '../bytes/soon.ts';
import type { TenantNames } from '../tenants/tenant-names.ts';
import { TOPIC_ID_BYTES } from '../tenants/topic-ids.ts';
import { foreignTopic, readFetchStart, splicePartition } from './fetch-response.ts';
import { LEAST_PADDING, PaddedFrame } from './padding.ts';
import { passTags } from './produce-request.ts';

/** The first version of Fetch that names topics by id. */
export const FIRST_FETCH_BY_ID = 13;

type Complete = (answer: Record<string, unknown>) => void;

/** By how much a topic can grow at most: from a name of one byte and its length. */
const LARGEST_GROWTH = TOPIC_ID_BYTES - 2;

/**
 * As `spliceFetchResponse`, for a client that spoke a version with topic ids: the broker answered in `brokerVersion`, with names. The size
 * comes first, and by how much the frame changes is not known before the last topic; so for more than one topic it is the largest possible,
 * and what the frame lacks in the end is an unknown tagged field, which clients skip. `complete` adds topics that the broker was not asked for.
 */
export function spliceFetchResponseById(reader: FrameReader, brokerVersion: number, names: TenantNames, complete: Complete | undefined, to: Emit, throttleMs = 0): Soon<void> {
  const size = reader.remaining;
  return after(readFetchStart(reader, brokerVersion, throttleMs), ({ start, topicCount }) => {
    const lacking = lackingTopics(complete);
    const count = encodeVarint(Math.max(0, topicCount.value) + lacking.count + 1);
    const fixed = size + count.length - topicCount.raw.length + lacking.bytes.length;
    const frame = new PaddedFrame(to);
    const { emit } = frame;
    const begin = (growth: number): void | Promise<void> => frame.begin(fixed + growth, Buffer.concat([start, count, lacking.bytes]));
    const passTopic = (topic: number): Soon<void> =>
      after(reader.string('topic'), (name) => {
        const physical = name ?? '';
        const virtual = names.topicToVirtual(physical);
        if (virtual === undefined) throw foreignTopic();
        const growth = topicCount.value === 1 ? TOPIC_ID_BYTES - encodeString(physical, true).length : LARGEST_GROWTH * topicCount.value + LEAST_PADDING;
        return after(topic === 0 ? begin(growth) : undefined, () =>
          after(reader.length('int32', 'partitions'), (partitions) =>
            after(emit(Buffer.concat([names.topicIds.bytesOf(virtual), partitions.raw])), () =>
              after(repeat(partitions.value, () => splicePartition(reader, brokerVersion, emit)), () => passTags(reader, emit)),
            ),
          ),
        );
      });
    const end = (): Soon<void> =>
      after(reader.tags(), (tags) => {
        reader.end();
        return frame.end(tags);
      });
    return after(topicCount.value < 1 ? begin(0) : repeat(topicCount.value, passTopic), end);
  });
}

/** What `complete` adds, as bytes: the topics of a message that has no others. */
function lackingTopics(complete: Complete | undefined): { count: number; bytes: Buffer } {
  const message = newMessage<FetchResponse>(fetchResponse, {});
  complete?.(message as unknown as Record<string, unknown>);
  const count = message.responses.length;
  if (count === 0) return { count, bytes: Buffer.alloc(0) };
  const bytes = encodeMessage(fetchResponse, FIRST_FETCH_BY_ID, message); // without tagged fields it is the same in every later version
  const before = 10 + encodeVarint(count + 1).length; // throttle time, error, session, number of topics
  return { count, bytes: bytes.subarray(before, -1) }; // without the tags of the whole
}
