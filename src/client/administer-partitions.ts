import { ERROR } from '../wire/error-codes.ts';
import { alterPartitionReassignmentsApi } from '../wire/generated/alter-partition-reassignments.ts';
import { electLeadersApi } from '../wire/generated/elect-leaders.ts';
import { listPartitionReassignmentsApi } from '../wire/generated/list-partition-reassignments.ts';
import { kafkaError, startDeadline, withRetries } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import { groupBy } from './group-by.ts';
import type { Session } from './session.ts';

/** ElectLeaders' type of an election: the first of the replicas that is in sync (KIP-460). */
const PREFERRED = 0;

export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

export interface ReplicaOrder extends PartitionId {
  /** The first one is the preferred leader. */
  readonly replicas: readonly number[];
}

export interface PartitionResult extends PartitionId {
  /** 0 for done. */
  readonly errorCode: number;
}

/** Partitions whose replicas are being moved at this moment (KIP-455). Throws UNAVAILABLE. */
export async function listReassignments(session: Session, options: CallOptions = {}): Promise<PartitionId[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  return await withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'any' }, listPartitionReassignmentsApi, { topics: null, timeoutMs: Math.ceil(deadline.remainingMs()) }, deadline);
    if (answer.errorCode !== ERROR.NONE) throw kafkaError('list of reassignments', answer.errorCode, answer.errorMessage);
    return answer.topics.flatMap(({ name, partitions }) => partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })));
  }, () => session.forgetLocations());
}

/** Gives partitions these replicas, in this order; a new order of the same ones is there at once (KIP-455). One result each, of those that were answered. Throws UNAVAILABLE. */
export async function reassignPartitions(session: Session, orders: readonly ReplicaOrder[], options: CallOptions = {}): Promise<PartitionResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const topics = [...groupBy(orders, ({ topic }) => topic)].map(([name, partitions]) => ({ name, partitions: partitions.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas: [...replicas] })) }));
  return await withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'any' }, alterPartitionReassignmentsApi, { topics, timeoutMs: Math.ceil(deadline.remainingMs()) }, deadline);
    if (answer.errorCode !== ERROR.NONE) throw kafkaError('order of replicas', answer.errorCode, answer.errorMessage);
    return answer.responses.flatMap(({ name, partitions }) => partitions.map(({ partitionIndex, errorCode }) => ({ topic: name, partition: partitionIndex, errorCode })));
  }, () => session.forgetLocations());
}

/** Makes the preferred replica of each partition its leader. One result each, of those that were answered. Throws UNAVAILABLE. */
export async function electPreferredLeaders(session: Session, partitions: readonly PartitionId[], options: CallOptions = {}): Promise<PartitionResult[]> {
  const deadline = startDeadline(options, session.options.requestTimeoutMs);
  const topicPartitions = [...groupBy(partitions, ({ topic }) => topic)].map(([topic, all]) => ({ topic, partitions: all.map(({ partition }) => partition) }));
  return await withRetries(deadline, async () => {
    const answer = await session.send({ kind: 'any' }, electLeadersApi, { electionType: PREFERRED, topicPartitions, timeoutMs: Math.ceil(deadline.remainingMs()) }, deadline);
    if (answer.errorCode !== ERROR.NONE) throw kafkaError('election of leaders', answer.errorCode);
    return answer.replicaElectionResults.flatMap(({ topic, partitionResult }) => partitionResult.map(({ partitionId, errorCode }) => ({ topic, partition: partitionId, errorCode })));
  }, () => session.forgetLocations());
}
