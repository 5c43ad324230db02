import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { fetchApi } from '../wire/generated/fetch.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import type { Isolation } from './list-offsets.ts';
import type { Session } from './session.ts';
import type { AbortedTransaction } from './visible-batches.ts';

export interface FetchOptions extends CallOptions {
  readonly maxBytes: number;
  /** How long the broker may wait for a record when there is none. Added to the request's time limit. */
  readonly maxWaitMs: number;
  readonly isolation: Isolation;
}

export interface Fetched {
  /** Whole batches, perhaps with a cut one at the end; the first may begin before the offset. Empty when there is nothing. */
  readonly records: Buffer;
  readonly highWatermark: bigint;
  /** -1 for read_uncommitted. */
  readonly lastStableOffset: bigint;
  readonly logStartOffset: bigint;
  /** Transactions that overlap `records` and were aborted; only for read_committed. */
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/** One fetch from the partition's leader. Throws UNAVAILABLE, with `details.errorCode` where a broker gave one (1: the offset is not there). */
export async function fetchRecords(session: Session, topic: string, partition: number, offset: bigint, options: FetchOptions): Promise<Fetched> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs + options.maxWaitMs);
  const { maxBytes, maxWaitMs, isolation } = options;
  const lane = maxWaitMs > 0 ? `poll ${topic}-${partition}` : 'fetch';
  return withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'leader', topic, partition }, fetchApi, {
      maxWaitMs, minBytes: 1, maxBytes, isolationLevel: isolation === 'read_committed' ? 1 : 0, sessionId: 0, sessionEpoch: -1,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: maxBytes }] }],
    }, deadline, { lane, extraMs: maxWaitMs });
    if (answer.errorCode !== ERROR.NONE) throw kafkaError(`fetch of ${topic}-${partition}`, answer.errorCode);
    const found = answer.responses[0]?.partitions[0];
    // A gateway answers so while it drains consumer groups: asked again, it answers in full in the end.
    if (found === undefined) throw new GwctlError('UNAVAILABLE', `fetch of ${topic}-${partition}: the answer does not have the partition`);
    if (found.errorCode !== ERROR.NONE) throw kafkaError(`fetch of ${topic}-${partition} at offset ${offset}`, found.errorCode);
    return {
      records: found.records ?? Buffer.alloc(0),
      highWatermark: found.highWatermark,
      lastStableOffset: found.lastStableOffset,
      logStartOffset: found.logStartOffset,
      abortedTransactions: found.abortedTransactions ?? [],
    };
  }, () => session.forgetLocations());
}
