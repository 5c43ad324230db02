import type { KafkaClient } from '../../client/kafka-client.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { describeTransactionsApi } from '../../wire/generated/describe-transactions.ts';
import { initProducerIdApi } from '../../wire/generated/init-producer-id.ts';

/** A producer id with its epoch. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

/** As the gateway introduced a producer to a cluster. */
export interface Introduced extends ProducerIdentity {
  /**
   * The first sequence of each partition since then, which is 0 for the cluster; undefined where the cluster has never seen the producer and so
   * takes any.
   */
  readonly firstSequences: Map<string, number> | undefined;
}

/**
 * A transactional producer, as its client knows itself.
 *
 *   here ──► elsewhere ──(its next transaction begins: it is introduced)──► here
 *    └─────► aborted ──(it aborts)──► elsewhere
 *
 * `here`: the active cluster knows it. `elsewhere`: another one does, and nothing of it is open. `aborted`: what it had open was aborted, and
 * it has not been told yet.
 */
export interface TransactionalProducer extends ProducerIdentity {
  readonly timeoutMs: number;
  standing: 'here' | 'elsewhere' | 'aborted';
  /** How its last transaction ended. */
  hasCommitted: boolean;
  /** Where the cluster that knows it does so by another id than its client. */
  introduced: Introduced | undefined;
  introduction: Promise<'here' | 'fenced' | 'unavailable'> | undefined;
  /** Who had this transactional id before it. */
  readonly replaced: readonly ProducerIdentity[];
}

const INTRODUCTION_MS = 10_000;
const FENCE_CHECK_MS = 2000;

/**
 * Makes a producer of another cluster known to this one, under a new id. `left` may still say that another producer has taken over its transactional
 * id there; one that cannot be asked is not waited for.
 */
export async function introduceProducer(transactionalId: string, producer: TransactionalProducer, client: KafkaClient, left: KafkaClient | undefined): Promise<'here' | 'fenced' | 'unavailable'> {
  if (left !== undefined && (await isReplaced(transactionalId, producer.introduced ?? producer, left))) return 'fenced';
  try {
    const draft = { transactionalId, transactionTimeoutMs: producer.timeoutMs, producerId: -1n, producerEpoch: -1 };
    const answer = await client.send({ kind: 'transaction', transactionalId }, initProducerIdApi, draft, { timeoutMs: INTRODUCTION_MS, errorCodeOf: ({ errorCode }) => errorCode });
    if (answer.errorCode !== ERROR.NONE) return 'unavailable';
    const { producerId, producerEpoch: epoch } = answer;
    producer.introduced = { producerId, epoch, firstSequences: epoch === 0 ? undefined : new Map() };
    producer.standing = 'here';
    return 'here';
  } catch {
    return 'unavailable';
  }
}

async function isReplaced(transactionalId: string, { producerId, epoch }: ProducerIdentity, left: KafkaClient): Promise<boolean> {
  try {
    const { transactionStates } = await left.send({ kind: 'transaction', transactionalId }, describeTransactionsApi, { transactionalIds: [transactionalId] }, { timeoutMs: FENCE_CHECK_MS });
    const [state] = transactionStates;
    return state?.errorCode === ERROR.NONE && (state.producerId !== producerId || state.producerEpoch > epoch);
  } catch {
    return false;
  }
}

export function isSame(one: ProducerIdentity, { producerId, epoch }: ProducerIdentity): boolean {
  return one.producerId === producerId && one.epoch === epoch;
}

/** It had its transactional id before, and has lost it to the producer that has it now. */
export function wasReplaced(identity: ProducerIdentity, { producerId, epoch, replaced }: TransactionalProducer): boolean {
  return (identity.producerId === producerId && identity.epoch < epoch) || replaced.some((before) => isSame(before, identity));
}
