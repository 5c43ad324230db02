import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../shared/errors.ts';
import { ERROR } from '../wire/error-codes.ts';
import { addPartitionsToTxnApi } from '../wire/generated/add-partitions-to-txn.ts';
import { describeTransactionsApi } from '../wire/generated/describe-transactions.ts';
import { endTxnApi } from '../wire/generated/end-txn.ts';
import { initProducerIdApi } from '../wire/generated/init-producer-id.ts';
import { listTransactionsApi } from '../wire/generated/list-transactions.ts';
import { kafkaError, startDeadline } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import { groupBy } from './group-by.ts';
import type { KafkaClient } from './kafka-client.ts';

const DEFAULT_TIMEOUT_MS = 10_000;
/** Markers take a few milliseconds: the client's own pause between repetitions would be most of a short transaction. */
const MARKERS_PAUSE_MS = 3;

/** Who writes in a transaction, as brokers know it. */
export interface TransactionalProducer {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface InitOptions extends CallOptions {
  /** The coordinator aborts a transaction of this producer that is open for longer. */
  readonly transactionTimeoutMs: number;
  /** Only when this producer still has the id: another one that has taken it over meanwhile stays, and the call throws with code 47 or 90. */
  readonly after?: TransactionalProducer | undefined;
}

/**
 * Takes a transactional id over: whoever had it before can write nothing more, and its open transaction is ended, with its markers on every
 * partition, when this returns. Safe to repeat. Throws UNAVAILABLE.
 */
export async function initTransactionalId(client: KafkaClient, transactionalId: string, { transactionTimeoutMs, after, ...call }: InitOptions): Promise<TransactionalProducer> {
  const current = after === undefined ? {} : { producerId: after.producerId, producerEpoch: after.producerEpoch };
  const answer = await client.send({ kind: 'transaction', transactionalId }, initProducerIdApi, { transactionalId, transactionTimeoutMs, ...current }, { ...call, errorCodeOf: ({ errorCode }) => errorCode });
  if (answer.errorCode !== ERROR.NONE) throw kafkaError(`InitProducerId of ${transactionalId}`, answer.errorCode);
  return { transactionalId, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

/** What brokers say to a producer whose transactional id another one has taken over. */
export function isFenced(reason: unknown): boolean {
  const code = reason instanceof GwctlError ? reason.details['errorCode'] : undefined;
  return code === ERROR.INVALID_PRODUCER_EPOCH || code === ERROR.PRODUCER_FENCED;
}

/** Before the first record of a transaction goes to a partition. Throws UNAVAILABLE, with `details.errorCode` 47 or 90 when another has taken the id over. */
export async function addPartitionsToTransaction(client: KafkaClient, producer: TransactionalProducer, partitions: readonly { readonly topic: string; readonly partition: number }[], call: CallOptions = {}): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const draft = {
    v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [...groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({ name, partitions: ofTopic.map(({ partition }) => partition) })),
  };
  const deadline = startDeadline(call, DEFAULT_TIMEOUT_MS);
  for (;;) {
    const answer = await client.send({ kind: 'transaction', transactionalId }, addPartitionsToTxnApi, draft, { ...call, timeoutMs: deadline.remainingMs(), errorCodeOf: ({ resultsByTopicV3AndBelow: topics }) => retriableOnly(firstError(topics)) });
    const errorCode = firstError(answer.resultsByTopicV3AndBelow);
    if (errorCode === ERROR.NONE) return;
    // The transaction before is committed, and its markers are still on their way.
    if (errorCode !== ERROR.CONCURRENT_TRANSACTIONS || deadline.remainingMs() <= MARKERS_PAUSE_MS) throw kafkaError(`AddPartitionsToTxn of ${transactionalId}`, errorCode);
    await delay(MARKERS_PAUSE_MS);
  }
}

/**
 * Returns when the transaction is ended on every partition, so that readers of committed records see it. Throws UNAVAILABLE; whether it was ended is
 * then known after the next initTransactionalId.
 */
export async function endTransaction(client: KafkaClient, producer: TransactionalProducer, isCommit: boolean, call: CallOptions = {}): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const answer = await client.send({ kind: 'transaction', transactionalId }, endTxnApi, { transactionalId, producerId, producerEpoch, committed: isCommit }, { ...call, errorCodeOf: ({ errorCode }) => errorCode });
  if (answer.errorCode !== ERROR.NONE) throw kafkaError(`EndTxn of ${transactionalId}`, answer.errorCode);
  await awaitMarkers(client, transactionalId, call);
}

/** The coordinator answers when the decision is written down; the markers follow. */
async function awaitMarkers(client: KafkaClient, transactionalId: string, call: CallOptions): Promise<void> {
  const deadline = startDeadline(call, DEFAULT_TIMEOUT_MS);
  for (;;) {
    const answer = await client.send({ kind: 'transaction', transactionalId }, describeTransactionsApi, { transactionalIds: [transactionalId] }, { ...call, timeoutMs: deadline.remainingMs(), errorCodeOf: ({ transactionStates: [found] }) => found?.errorCode ?? ERROR.NONE });
    const [found] = answer.transactionStates;
    if (found === undefined || found.errorCode !== ERROR.NONE) throw kafkaError(`DescribeTransactions of ${transactionalId}`, found?.errorCode ?? -1);
    if (!found.transactionState.startsWith('Prepare')) return;
    if (deadline.remainingMs() <= MARKERS_PAUSE_MS) throw kafkaError(`the markers of ${transactionalId}`, ERROR.CONCURRENT_TRANSACTIONS);
    await delay(MARKERS_PAUSE_MS);
  }
}

export interface TransactionListing {
  readonly transactionalIds: readonly string[];
  /** Brokers that did not answer: what they coordinate is missing. */
  readonly silentBrokers: readonly number[];
}

/** The transactional ids that the coordinators of a cluster know. Throws UNAVAILABLE when no broker tells which brokers there are. */
export async function listTransactionalIds(client: KafkaClient, call: CallOptions = {}): Promise<TransactionListing> {
  const { brokers } = await client.metadata([], call);
  const answers = await Promise.all(brokers.map(async ({ id }) => {
    const answer = await client.send({ kind: 'broker', brokerId: id }, listTransactionsApi, {}, { ...call, errorCodeOf: ({ errorCode }) => errorCode }).catch(() => undefined);
    return { id, found: answer?.errorCode === ERROR.NONE ? answer.transactionStates.map(({ transactionalId }) => transactionalId) : undefined };
  }));
  return {
    transactionalIds: [...new Set(answers.flatMap(({ found }) => found ?? []))].sort(),
    silentBrokers: answers.flatMap(({ id, found }) => (found === undefined ? [id] : [])),
  };
}

function retriableOnly(errorCode: number): number {
  return errorCode === ERROR.CONCURRENT_TRANSACTIONS ? ERROR.NONE : errorCode;
}

/** One refused partition makes the broker not attempt the others: what is wrong is the other code. */
function firstError(topics: readonly { readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[] }[]): number {
  const codes = topics.flatMap(({ resultsByPartition }) => resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode)).filter((code) => code !== ERROR.NONE);
  return codes.find((code) => code !== ERROR.OPERATION_NOT_ATTEMPTED) ?? codes[0] ?? ERROR.NONE;
}
