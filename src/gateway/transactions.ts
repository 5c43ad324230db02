import type { KafkaClient } from '../client/kafka-client.ts';
import { ERROR } from '../wire/error-codes.ts';
import type { AddOffsetsToTxnRequest } from '../wire/generated/add-offsets-to-txn.ts';
import type { AddPartitionsToTxnRequest } from '../wire/generated/add-partitions-to-txn.ts';
import { endTxnApi, type EndTxnRequest } from '../wire/generated/end-txn.ts';
import type { InitProducerIdRequest, InitProducerIdResponse } from '../wire/generated/init-producer-id.ts';
import type { ProduceResponse } from '../wire/generated/produce.ts';
import { API } from './api-table.ts';
import { endsOnUnknownTransaction, type ClientSoftware } from './client-software.ts';
import type { Log } from './log.ts';

type Body = Record<string, unknown>;

/** A transactional producer as a coordinator knows it. */
export interface Producer {
  readonly producerId: bigint;
  readonly epoch: number;
}

/** Hears of each transaction that is opened, and with undefined of each that has ended; not of those that a move makes void. */
export type OpenWatcher = (transactionalId: string, producer: Producer | undefined) => void;

/** Producers that are remembered; the oldest are forgotten first. */
const REMEMBERED = 100_000;

/** What a coordinator, or a leader that asked one, answers about a transaction that it does not know. */
const UNKNOWN_TRANSACTION: ReadonlySet<unknown> = new Set([ERROR.INVALID_PRODUCER_ID_MAPPING, ERROR.INVALID_TXN_STATE]);

/**
 * Transactional producers across a switch (hazards H4 and 00.4). The transaction state of a cluster is not replicated: on the other one a
 * producer is unknown, in words that end a Java client for ever. So
 *  - transactions that are open when writes are drained are aborted on the cluster that is left: nothing half-done stays, and nothing that
 *    others wrote stays hidden behind it;
 *  - a Java client from 4.0 on, for which "unknown" is the end, is told so in words on which it aborts its transaction and starts anew; all
 *    others do that by themselves;
 *  - its wish for a new epoch of its old id becomes a wish for a fresh one.
 * All names are physical.
 */
export class Transactions {
  readonly #log: Log;
  readonly #opened: OpenWatcher;
  readonly #issued = new Map<string, Producer>();
  readonly #open = new Map<string, Producer>();
  #isDisturbed = false;

  constructor(log: Log, opened: OpenWatcher = () => {}) {
    this.#log = log;
    this.#opened = opened;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Changes a request, in place, before it goes to the broker. */
  before(apiKey: number, request: Body): void {
    if (apiKey !== API.initProducerId || !this.#isDisturbed) return;
    const init = request as unknown as InitProducerIdRequest;
    const known = init.transactionalId === null ? undefined : this.#issued.get(init.transactionalId);
    if (known?.producerId === init.producerId) return;
    // An id of the other cluster: a coordinator that does not know it answers PRODUCER_FENCED, which is the end of a Java producer.
    init.producerId = -1n;
    init.producerEpoch = -1;
  }

  /** Learns from an answer and changes it, in place, before it goes to the client. Produce has no decoded request. */
  after(apiKey: number, request: Body | undefined, answer: Body, software: ClientSoftware): void {
    if (request !== undefined) this.#learn(apiKey, request, answer);
    if (this.#isDisturbed && endsOnUnknownTransaction(software)) forgive(apiKey, request, answer);
  }

  #learn(apiKey: number, request: Body, answer: Body): void {
    switch (apiKey) {
      case API.initProducerId: {
        const { transactionalId } = request as unknown as InitProducerIdRequest;
        const { errorCode, producerId, producerEpoch } = answer as unknown as InitProducerIdResponse;
        if (transactionalId === null || errorCode !== ERROR.NONE) return;
        this.#close(transactionalId);
        remember(this.#issued, transactionalId, { producerId, epoch: producerEpoch });
        return;
      }
      case API.addPartitionsToTxn: {
        const { v3AndBelowTransactionalId, v3AndBelowProducerId, v3AndBelowProducerEpoch } = request as unknown as AddPartitionsToTxnRequest;
        this.adopt(v3AndBelowTransactionalId, { producerId: v3AndBelowProducerId, epoch: v3AndBelowProducerEpoch });
        return;
      }
      case API.addOffsetsToTxn: {
        const { transactionalId, producerId, producerEpoch } = request as unknown as AddOffsetsToTxnRequest;
        this.adopt(transactionalId, { producerId, epoch: producerEpoch });
        return;
      }
      case API.endTxn:
        if (answer['errorCode'] === ERROR.NONE) this.#close((request as unknown as EndTxnRequest).transactionalId);
        return;
      default:
    }
  }

  /** A transaction is open, as far as is known. */
  adopt(transactionalId: string, producer: Producer): void {
    const known = this.#open.get(transactionalId);
    remember(this.#open, transactionalId, producer);
    if (known === undefined || known.producerId !== producer.producerId || known.epoch !== producer.epoch) this.#opened(transactionalId, producer);
  }

  #close(transactionalId: string): void {
    if (this.#open.delete(transactionalId)) this.#opened(transactionalId, undefined);
  }

  /** Aborts what is open on that cluster; called when no write is in flight and none can begin. Throws UNAVAILABLE when a coordinator does not answer. */
  async abortOpen(client: KafkaClient, timeoutMs: number): Promise<number> {
    const open = [...this.#open];
    await Promise.all(
      open.map(async ([transactionalId, { producerId, epoch }]) => {
        const draft = { transactionalId, producerId, producerEpoch: epoch, committed: false };
        const { errorCode } = await client.send({ kind: 'transaction', transactionalId }, endTxnApi, draft, { timeoutMs });
        // Ended already, or taken over by a newer producer: either way it is not open any more.
        if (errorCode !== ERROR.NONE) this.#log.info('a transaction could not be aborted', { transactionalId, errorCode });
        this.#close(transactionalId);
      }),
    );
    if (open.length > 0) this.disturb();
    return open.length;
  }

  /** From here on a producer may meet a coordinator that knows nothing of its transaction. */
  disturb(): void {
    this.#isDisturbed = true;
  }

  /** The cluster has changed: what was issued before is unknown there. */
  moved(): void {
    this.#issued.clear();
    this.#open.clear();
    this.disturb();
  }
}

/**
 * For Java from 4.0 on: errors that end a producer become errors on which it aborts and goes on; an abort of what is not there has succeeded.
 * Only a failed batch makes that client ask for a new epoch, and so for a new id, without which it would never be known here. So partitions and
 * offsets seem to be taken into the transaction, and the batch fails: no leader writes for a producer that its coordinator does not know, and
 * no commit of it succeeds.
 * (UNKNOWN_PRODUCER_ID would do both, but applications close on it: it is an OutOfOrderSequenceException.)
 */
function forgive(apiKey: number, request: Body | undefined, answer: Body): void {
  switch (apiKey) {
    case API.addPartitionsToTxn:
      for (const topic of answer['resultsByTopicV3AndBelow'] as { resultsByPartition: Body[] }[]) {
        for (const partition of topic.resultsByPartition) replace(partition, 'partitionErrorCode', ERROR.NONE);
      }
      return;
    case API.addOffsetsToTxn:
      replace(answer, 'errorCode', ERROR.NONE);
      return;
    case API.txnOffsetCommit:
      for (const topic of answer['topics'] as { partitions: Body[] }[]) for (const partition of topic.partitions) replace(partition, 'errorCode', ERROR.NONE);
      return;
    case API.endTxn:
      replace(answer, 'errorCode', request?.['committed'] === true ? ERROR.TRANSACTION_ABORTABLE : ERROR.NONE);
      return;
    case API.produce:
      for (const topic of (answer as unknown as ProduceResponse).responses) {
        for (const partition of topic.partitionResponses) replace(partition as unknown as Body, 'errorCode', ERROR.TRANSACTION_ABORTABLE);
      }
      return;
    default:
  }
}

function replace(owner: Body, field: string, errorCode: number): void {
  if (UNKNOWN_TRANSACTION.has(owner[field])) owner[field] = errorCode;
}

function remember(producers: Map<string, Producer>, transactionalId: string, producer: Producer): void {
  producers.delete(transactionalId);
  producers.set(transactionalId, producer);
  if (producers.size <= REMEMBERED) return;
  const [oldest] = producers.keys();
  if (oldest !== undefined) producers.delete(oldest);
}
