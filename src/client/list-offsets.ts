import { GwctlError } from '../shared/errors.ts';
import { ERROR, isRetriableError } from '../wire/error-codes.ts';
import { listOffsetsApi } from '../wire/generated/list-offsets.ts';
import { isRetriable, pause, startDeadline, withRetries, type CallDeadline } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import { groupBy } from './group-by.ts';
import type { Session } from './session.ts';

export type Isolation = 'read_uncommitted' | 'read_committed';

/** Special timestamps of ListOffsets. */
export const LATEST = -1n;
export const EARLIEST = -2n;
export const MAX_TIMESTAMP = -3n;

export interface OffsetQuery {
  readonly topic: string;
  readonly partition: number;
  /** Milliseconds since 1970: the first record at or after it; or LATEST, EARLIEST, MAX_TIMESTAMP. */
  readonly timestamp: bigint;
  /** With read_committed, LATEST is the end of what no open transaction holds back. Default: read_uncommitted. */
  readonly isolation?: Isolation;
}

export interface OffsetAnswer {
  readonly topic: string;
  readonly partition: number;
  /** -1 when no record qualifies, or with an error. LATEST is one after the last record. */
  readonly offset: bigint;
  /** Of the record found; -1 for LATEST and EARLIEST. */
  readonly timestamp: bigint;
  /** 0, or why there is no offset; 13 when the partition's leader could not be reached in time. */
  readonly errorCode: number;
}

const RETRY_PAUSE_MS = 50;

/** A query with its answer so far. */
interface Asked {
  readonly query: OffsetQuery;
  answer: OffsetAnswer;
  /** Asking again would not help. */
  isFinal: boolean;
}

/** One answer for each query, in their order; requests are batched by leader. Throws UNAVAILABLE when no broker can be reached at all. */
export async function listOffsets(session: Session, queries: readonly OffsetQuery[], options: CallOptions = {}): Promise<OffsetAnswer[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const all = queries.map((query): Asked => ({ query, answer: failed(query, ERROR.NETWORK_EXCEPTION), isFinal: false }));
  await askLeaders(session, all, deadline);
  for (;;) {
    const open = all.filter(({ answer, isFinal }) => !isFinal && isRetriableError(answer.errorCode));
    if (open.length === 0 || !(await pause(deadline, RETRY_PAUSE_MS))) return all.map(({ answer }) => answer);
    session.forgetLocations();
    try {
      await askLeaders(session, open, deadline);
    } catch (reason) {
      // Nobody says where the leaders are in the time that is left: what they said last is the answer.
      if (!isRetriable(reason)) throw reason;
      return all.map(({ answer }) => answer);
    }
  }
}

async function askLeaders(session: Session, open: readonly Asked[], deadline: CallDeadline): Promise<void> {
  const names = [...new Set(open.map(({ query }) => query.topic))];
  await withRetries(deadline, () => session.metadata.topics(names, deadline), () => session.forgetLocations());
  const located = await Promise.all(open.map(async (asked) => ({ asked, leader: await locate(session, asked, deadline) })));
  const batches = groupBy(located.filter(({ leader }) => leader !== undefined), ({ asked, leader }) => `${leader} ${asked.query.isolation}`);
  await Promise.all([...batches.values()].map((batch) => askLeader(session, batch[0]?.leader ?? -1, batch.map(({ asked }) => asked), deadline)));
}

async function locate(session: Session, asked: Asked, deadline: CallDeadline): Promise<number | undefined> {
  try {
    return await session.metadata.leader(asked.query.topic, asked.query.partition, deadline);
  } catch (reason) {
    fail(asked, reason);
    return undefined;
  }
}

/** A request may name a partition once: the same one with another timestamp goes into a further request. */
async function askLeader(session: Session, brokerId: number, batch: readonly Asked[], deadline: CallDeadline): Promise<void> {
  const now = new Map<string, Asked>();
  const later: Asked[] = [];
  for (const asked of batch) {
    const key = partitionKey(asked.query.topic, asked.query.partition);
    if (now.has(key)) later.push(asked);
    else now.set(key, asked);
  }
  try {
    const answer = await session.send({ kind: 'broker', brokerId }, listOffsetsApi, {
      replicaId: -1,
      isolationLevel: batch[0]?.query.isolation === 'read_committed' ? 1 : 0,
      topics: [...groupBy(now.values(), ({ query }) => query.topic)].map(([name, ofTopic]) => ({
        name, partitions: ofTopic.map(({ query }) => ({ partitionIndex: query.partition, currentLeaderEpoch: -1, timestamp: query.timestamp })),
      })),
    }, deadline);
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode, offset, timestamp } of partitions) {
        const asked = now.get(partitionKey(name, partitionIndex));
        if (asked !== undefined) asked.answer = { topic: name, partition: partitionIndex, offset, timestamp, errorCode };
      }
    }
  } catch (reason) {
    for (const asked of batch) fail(asked, reason);
    return;
  }
  if (later.length > 0) await askLeader(session, brokerId, later, deadline);
}

function partitionKey(topic: string, partition: number): string {
  return `${partition} ${topic}`;
}

function fail(asked: Asked, reason: unknown): void {
  if (!(reason instanceof GwctlError) || reason.code !== 'UNAVAILABLE') throw reason;
  const { errorCode, final, unsupported } = reason.details;
  asked.answer = failed(asked.query, typeof errorCode === 'number' ? errorCode : unsupported === true ? ERROR.UNSUPPORTED_VERSION : ERROR.NETWORK_EXCEPTION);
  asked.isFinal = final === true;
}

function failed({ topic, partition }: OffsetQuery, errorCode: number): OffsetAnswer {
  return { topic, partition, offset: -1n, timestamp: -1n, errorCode };
}
