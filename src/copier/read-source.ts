import { kafkaError } from '../client/call-deadline.ts';
import { groupBy } from '../client/group-by.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { BatchCopy } from '../wire/copy-batch.ts';
import { ERROR } from '../wire/error-codes.ts';
import { fetchApi } from '../wire/generated/fetch.ts';
import { copyableBatches } from './copyable-batches.ts';

/** How long a broker that has nothing new may keep a fetch. */
const MAX_WAIT_MS = 100;
const MAX_FETCH_BYTES = 8 << 20;
const MAX_PARTITION_BYTES = 1 << 20;

export interface SourcePart {
  readonly topic: string;
  readonly partition: number;
  readonly batches: readonly BatchCopy[];
  /** Once `batches` are on the target, everything before this is. */
  readonly nextOffset: bigint;
}

/** One answer of one broker. */
export interface SourceChunk {
  readonly brokerId: number;
  /** Partitions that have got on, with or without records. */
  readonly parts: readonly SourcePart[];
  /** With this chunk, everything is known that readers could see of this broker's partitions when it answered. */
  readonly isAtEnd: boolean;
  /** Of performance.now(). */
  readonly receivedAtMs: number;
}

export interface SourceStart {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/**
 * What one broker of the source has of its partitions, from their offsets on, for ever; the next fetch is sent when the next chunk is asked
 * for. Throws UNAVAILABLE; with `details.errorCode` 1 when records were deleted before they were read.
 */
export async function* readSource(client: KafkaClient, brokerId: number, starts: readonly SourceStart[], signal: AbortSignal): AsyncGenerator<SourceChunk, void, undefined> {
  const offsets = new Map(starts.map((start) => [keyOf(start), start]));
  for (;;) {
    const answer = await client.send({ kind: 'broker', brokerId }, fetchApi, {
      maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes: MAX_FETCH_BYTES, isolationLevel: 1, sessionId: 0, sessionEpoch: -1,
      topics: [...groupBy(offsets.values(), ({ topic }) => topic)].map(([topic, ofTopic]) => ({ topic, partitions: ofTopic.map(({ partition, offset }) => ({ partition, fetchOffset: offset, partitionMaxBytes: MAX_PARTITION_BYTES })) })),
    }, { signal });
    if (answer.errorCode !== ERROR.NONE) throw kafkaError(`fetch from broker ${brokerId}`, answer.errorCode);
    const receivedAtMs = performance.now();
    const parts: SourcePart[] = [];
    let isAtEnd = true;
    for (const { topic, partitions } of answer.responses) {
      for (const { partitionIndex: partition, errorCode, records, abortedTransactions, lastStableOffset } of partitions) {
        const start = offsets.get(keyOf({ topic, partition }));
        if (start === undefined) continue;
        if (errorCode !== ERROR.NONE) throw kafkaError(`fetch of ${topic}-${partition} at offset ${start.offset}`, errorCode);
        const { batches, nextOffset } = copyableBatches(records ?? EMPTY, abortedTransactions ?? [], start.offset);
        if (nextOffset < lastStableOffset) isAtEnd = false;
        if (nextOffset === start.offset) continue;
        parts.push({ topic, partition, batches, nextOffset });
        // Last from now on: a broker fills its answer in this order, and a batch that is larger than what is left of it has to come first once.
        offsets.delete(keyOf(start));
        offsets.set(keyOf(start), { topic, partition, offset: nextOffset });
      }
    }
    yield { brokerId, parts, isAtEnd, receivedAtMs };
  }
}

const EMPTY = Buffer.alloc(0);

function keyOf({ topic, partition }: Pick<SourceStart, 'topic' | 'partition'>): string {
  return `${topic}-${partition}`;
}
