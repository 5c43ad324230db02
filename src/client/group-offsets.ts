import { ERROR, isRetriableError } from '../wire/error-codes.ts';
import { offsetCommitApi } from '../wire/generated/offset-commit.ts';
import { offsetDeleteApi } from '../wire/generated/offset-delete.ts';
import { offsetFetchApi } from '../wire/generated/offset-fetch.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import { groupBy } from './group-by.ts';
import type { Session } from './session.ts';

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  /** Where the group goes on reading: one after the last processed record. */
  readonly offset: bigint;
  /** -1: unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string;
}

export interface OffsetFetchOptions extends CallOptions {
  /** Wait until no open transaction is about to change them. Default true. */
  readonly requireStable?: boolean;
}

/** Everything that a group has committed, by topic and partition; empty for a group that has not, or does not exist. Throws UNAVAILABLE. */
export async function offsetFetch(session: Session, groupId: string, options: OffsetFetchOptions = {}): Promise<CommittedOffset[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const { requireStable = true } = options;
  return withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'group', groupId }, offsetFetchApi, { groupId, topics: null, groups: [{ groupId, topics: null }], requireStable }, deadline);
    const found = answer.groups[0] ?? answer; // a list of groups since version 8
    if (found.errorCode !== ERROR.NONE) throw kafkaError(`offsets of group ${groupId}`, found.errorCode);
    const offsets = found.topics.flatMap(({ name, partitions }) => partitions.flatMap((one) => {
      if (one.errorCode !== ERROR.NONE) throw kafkaError(`offset of group ${groupId} in ${name}-${one.partitionIndex}`, one.errorCode);
      return one.committedOffset < 0n ? [] : [{ topic: name, partition: one.partitionIndex, offset: one.committedOffset, leaderEpoch: one.committedLeaderEpoch, metadata: one.metadata ?? '' }];
    }));
    return offsets.sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1));
  }, () => session.forgetLocations());
}

export interface OffsetToCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly leaderEpoch?: number;
  readonly metadata?: string;
}

export interface OffsetCommitOptions extends CallOptions {
  /** Of the member that commits. Left out: from outside, which brokers allow only while the group has no members. */
  readonly member?: { readonly memberId: string; readonly generationId: number };
  /** A connection of its own: a broker works on one request of a connection at a time. */
  readonly lane?: string;
}

export interface OffsetCommitResult {
  readonly topic: string;
  readonly partition: number;
  /** 0: committed. 25: the group has members, and we are none of them. */
  readonly errorCode: number;
}

/** Commits offsets for a group; safe to repeat. One result for each offset, in their order. Throws UNAVAILABLE. */
export async function offsetCommit(session: Session, groupId: string, offsets: readonly OffsetToCommit[], options: OffsetCommitOptions = {}): Promise<OffsetCommitResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const { memberId = '', generationId = -1 } = options.member ?? {};
  const topics = [...groupBy(offsets, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, offset, leaderEpoch = -1, metadata = '' }) => ({ partitionIndex: partition, committedOffset: offset, committedLeaderEpoch: leaderEpoch, committedMetadata: metadata })),
  }));
  return withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'group', groupId }, offsetCommitApi, { groupId, memberId, generationIdOrMemberEpoch: generationId, topics }, deadline, options.lane === undefined ? {} : { lane: options.lane });
    const codes = new Map(answer.topics.flatMap(({ name, partitions }) => partitions.map(({ partitionIndex, errorCode }) => [`${partitionIndex} ${name}`, errorCode] as const)));
    const results = offsets.map(({ topic, partition }) => ({ topic, partition, errorCode: codes.get(`${partition} ${topic}`) ?? ERROR.UNKNOWN_SERVER_ERROR }));
    const moved = results.find(({ errorCode }) => isRetriableError(errorCode) && errorCode !== ERROR.UNKNOWN_TOPIC_OR_PARTITION);
    if (moved !== undefined) throw kafkaError(`commit of group ${groupId} in ${moved.topic}-${moved.partition}`, moved.errorCode);
    return results;
  }, () => session.forgetLocations());
}

/** Forgets offsets of a group; safe to repeat. One error code for each, in their order (0: gone; 86: members read that topic). Throws UNAVAILABLE. */
export async function offsetDelete(session: Session, groupId: string, partitions: readonly { readonly topic: string; readonly partition: number }[], options: CallOptions = {}): Promise<number[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const topics = [...groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({ name, partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition })) }));
  return withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'group', groupId }, offsetDeleteApi, { groupId, topics }, deadline);
    if (answer.errorCode !== ERROR.NONE && isRetriableError(answer.errorCode)) throw kafkaError(`offsets of group ${groupId}`, answer.errorCode);
    const codes = new Map(answer.topics.flatMap(({ name, partitions: all }) => all.map(({ partitionIndex, errorCode }) => [`${partitionIndex} ${name}`, errorCode] as const)));
    return partitions.map(({ topic, partition }) => (answer.errorCode !== ERROR.NONE ? answer.errorCode : codes.get(`${partition} ${topic}`) ?? ERROR.UNKNOWN_SERVER_ERROR));
  }, () => session.forgetLocations());
}
