import { GwctlError } from '../../shared/errors.ts';
import { encodeMessage } from '../../wire/codec.ts';
import { fetchResponse, type FetchResponse } from '../../wire/generated/fetch.ts';
import { newMessage } from '../../wire/new-message.ts';
import type { Emit } from '../byte-source.ts';
import { encodeInt32, encodeString, encodeVarint, type FrameReader } from '../frame-reader.ts';
import type { TenantNames } from '../tenant-names.ts';
import { TOPIC_ID_BYTES } from '../topic-ids.ts';
import { splicePartition, withThrottle } from './fetch-response.ts';
import { LEAST_PADDING, padTags } from './padding.ts';

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
export async function spliceFetchResponseById(
  reader: FrameReader, brokerVersion: number, names: TenantNames, complete: Complete | undefined, to: Emit, throttleMs = 0,
): Promise<void> {
  const size = reader.remaining;
  const start = Buffer.concat([await reader.bytes(4, 'correlation id'), await reader.tags(), withThrottle(await reader.bytes(10, 'throttle time, error and session'), throttleMs)]);
  const topicCount = await reader.length('int32', 'topics');
  const lacking = lackingTopics(complete);
  const count = encodeVarint(Math.max(0, topicCount.value) + lacking.count + 1);
  const fixed = size + count.length - topicCount.raw.length + lacking.bytes.length;
  let declared = 0;
  let sent = 0;
  const emit: Emit = (piece, lease) => {
    sent += piece.length;
    return to(piece, lease);
  };
  const begin = async (growth: number): Promise<void> => {
    declared = fixed + growth;
    await to(encodeInt32(declared));
    await emit(Buffer.concat([start, count, lacking.bytes]));
  };

  if (topicCount.value < 1) await begin(0);
  for (let topic = 0; topic < topicCount.value; topic++) {
    const physical = (await reader.string('topic')) ?? '';
    const virtual = names.topicToVirtual(physical);
    if (virtual === undefined) throw new GwctlError('PROTOCOL', 'Fetch: the broker answered for a topic of another virtual cluster');
    if (topic === 0) await begin(topicCount.value === 1 ? TOPIC_ID_BYTES - encodeString(physical, true).length : LARGEST_GROWTH * topicCount.value + LEAST_PADDING);
    const partitionCount = await reader.length('int32', 'partitions');
    await emit(Buffer.concat([names.topicIds.bytesOf(virtual), partitionCount.raw]));
    for (let partition = 0; partition < partitionCount.value; partition++) {
      const passed = splicePartition(reader, brokerVersion, emit);
      if (passed !== undefined) await passed;
    }
    await emit(await reader.tags());
  }
  const tags = await reader.tags();
  reader.end();
  const missing = declared - sent - tags.length;
  if (missing === 0) await emit(tags);
  else for (const piece of padTags(tags, missing)) await emit(piece);
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
