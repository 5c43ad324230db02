import { ERROR } from '../wire/error-codes.ts';
import { addPartitionsToTxnApi } from '../wire/generated/add-partitions-to-txn.ts';
import { endTxnApi } from '../wire/generated/end-txn.ts';
import { initProducerIdApi } from '../wire/generated/init-producer-id.ts';
import { listTransactionsApi } from '../wire/generated/list-transactions.ts';
import { kafkaError } from './call-deadline.ts';
import type { CallOptions } from './client-options.ts';
import { groupBy } from './group-by.ts';
import type { KafkaClient } from './kafka-client.ts';

/** Who writes in a transaction, as brokers know it. */
export interface TransactionalProducer {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface InitOptions extends CallOptions {
  /** The coordinator aborts a transaction of this producer that is open for longer. */
  readonly transactionTimeoutMs: number;
}

/**
 * Takes a transactional id over: whoever had it before can write nothing more, and its open transaction is ended, with its markers on every
 * partition, when this returns. Safe to repeat. Throws UNAVAILABLE.
 */
export async function initTransactionalId(client: KafkaClient, transactionalId: string, { transactionTimeoutMs, ...call }: InitOptions): Promise<TransactionalProducer> {
  const answer = await client.send({ kind: 'transaction', transactionalId }, initProducerIdApi, { transactionalId, transactionTimeoutMs }, { ...call, errorCodeOf: ({ errorCode }) => errorCode });
  if (answer.errorCode !== ERROR.NONE) throw kafkaError(`InitProducerId of ${transactionalId}`, answer.errorCode);
  return { transactionalId, producerId: answer.producerId, producerEpoch: answer.producerEpoch };
}

/** Before the first record of a transaction goes to a partition. Throws UNAVAILABLE, with `details.errorCode` 47 or 90 when another has taken the id over. */
export async function addPartitionsToTransaction(client: KafkaClient, producer: TransactionalProducer, partitions: readonly { readonly topic: string; readonly partition: number }[], call: CallOptions = {}): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const answer = await client.send({ kind: 'transaction', transactionalId }, addPartitionsToTxnApi, {
    v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch,
    v3AndBelowTopics: [...groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({ name, partitions: ofTopic.map(({ partition }) => partition) })),
  }, { ...call, errorCodeOf: ({ resultsByTopicV3AndBelow }) => firstError(resultsByTopicV3AndBelow) });
  const errorCode = firstError(answer.resultsByTopicV3AndBelow);
  if (errorCode !== ERROR.NONE) throw kafkaError(`AddPartitionsToTxn of ${transactionalId}`, errorCode);
}

/** Throws UNAVAILABLE; whether the transaction was ended is then known after the next initTransactionalId. */
export async function endTransaction(client: KafkaClient, producer: TransactionalProducer, isCommit: boolean, call: CallOptions = {}): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = producer;
  const answer = await client.send({ kind: 'transaction', transactionalId }, endTxnApi, { transactionalId, producerId, producerEpoch, committed: isCommit }, { ...call, errorCodeOf: ({ errorCode }) => errorCode });
  if (answer.errorCode !== ERROR.NONE) throw kafkaError(`EndTxn of ${transactionalId}`, answer.errorCode);
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

/** One refused partition makes the broker not attempt the others: what is wrong is the other code. */
function firstError(topics: readonly { readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[] }[]): number {
  const codes = topics.flatMap(({ resultsByPartition }) => resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode)).filter((code) => code !== ERROR.NONE);
  return codes.find((code) => code !== ERROR.OPERATION_NOT_ATTEMPTED) ?? codes[0] ?? ERROR.NONE;
}
