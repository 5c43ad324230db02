import type { KafkaClient } from '../../client/kafka-client.ts';
import { ERROR } from '../../wire/error-codes.ts';
import { describeTransactionsApi } from '../../wire/generated/describe-transactions.ts';
import { endTxnApi } from '../../wire/generated/end-txn.ts';
import type { InitProducerIdRequest, InitProducerIdResponse } from '../../wire/generated/init-producer-id.ts';
import type { RequestHead } from '../../wire/headers.ts';
import { API } from '../api-table.ts';
import type { Soon } from '../bytes/soon.ts';
import { endsOnUnknownTransaction, type ClientSoftware } from '../client-software.ts';
import type { Log } from '../log.ts';
import { renumberBatches } from '../splice/renumber-batches.ts';
import { learnNote, noteOf, type ProducerNote, type ProducerTeller } from './producer-note.ts';
import { answerTransaction, forgiveUnknown, identityOf, setIdentity, transactionalIdOf } from './transaction-answers.ts';
import { introduceProducer, isSame, wasReplaced, type ProducerIdentity, type TransactionalProducer } from './transactional-producer.ts';

type Body = Record<string, unknown>;

/** Producers that are remembered; the oldest are forgotten first. */
const REMEMBERED = 100_000;
const REMEMBERED_REPLACED = 10;
/** How long transactions that are open when writes are held may go on, to end. */
const ENDING_MS = 1000;
/** Of a producer whose own is not known: what most clients say. */
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Transactional producers across a switch (hazards H4 and 00.4). The transaction state of a cluster is not replicated: on the other one a
 * producer is unknown, in words that end a Java client for ever. So
 *  - while writes are held, transactions that are open may end for a moment, and new ones wait;
 *  - those that are still open then are aborted on the cluster that is left, and their producers are told in words on which they abort, too;
 *  - every other producer does not notice: as its next transaction begins the gateway introduces it to the new cluster, and from then on turns
 *    its id into the one that it has there, in every request and in the heads of its record batches.
 * A client may talk to its coordinator through one process of a node and to the leaders through another one, so processes tell each other of every
 * producer; each of them aborts only what was opened through itself. All names are physical.
 */
export class Transactions {
  readonly #log: Log;
  readonly #teller: ProducerTeller | undefined;
  readonly #producers = new Map<string, TransactionalProducer>();
  /** Through whom each was opened. */
  readonly #open = new Map<string, 'us' | 'others'>();
  #client: KafkaClient | undefined;
  #left: KafkaClient | undefined;
  #isDisturbed = false;
  #endingUntilMs = -Infinity;
  #ended: (() => void) | undefined;

  /** `teller`: where there are other processes that serve the same clients. */
  constructor(log: Log, teller?: ProducerTeller) {
    this.#log = log;
    this.#teller = teller;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Whether Produce requests of transactions may have to be answered or changed here. */
  get isDisturbed(): boolean {
    return this.#isDisturbed;
  }

  /** Changes a request, in place, before it goes to the broker; an answer where it shall not go there. */
  before(apiKey: number, request: Body, software: ClientSoftware): Soon<Body | undefined> {
    const transactionalId = transactionalIdOf(apiKey, request);
    return transactionalId === null || !this.#isDisturbed ? undefined : this.#beforeDisturbed(transactionalId, apiKey, request, software);
  }

  async #beforeDisturbed(transactionalId: string, apiKey: number, request: Body, software: ClientSoftware): Promise<Body | undefined> {
    const identity = identityOf(apiKey, request);
    const producer = this.#producers.get(transactionalId);
    if (producer !== undefined && wasReplaced(identity, producer)) return answerTransaction(apiKey, request, ERROR.PRODUCER_FENCED);
    const known = producer !== undefined && isSame(producer, identity) ? producer : undefined;
    if (apiKey === API.initProducerId) {
      if (known?.standing === 'here') setIdentity(apiKey, request, known.introduced ?? known);
      // An id of the other cluster: a coordinator that does not know it answers PRODUCER_FENCED, which is the end of a Java producer.
      else setIdentity(apiKey, request, { producerId: -1n, epoch: -1 });
      return undefined;
    }
    if (known === undefined) return undefined;
    const beginsTransaction = apiKey === API.addPartitionsToTxn || apiKey === API.addOffsetsToTxn;
    if (known.standing === 'elsewhere' && beginsTransaction) {
      const outcome = await this.#introduce(transactionalId, known);
      if (outcome !== 'here') return answerTransaction(apiKey, request, outcome === 'fenced' ? ERROR.PRODUCER_FENCED : ERROR.COORDINATOR_NOT_AVAILABLE);
    }
    if (known.standing === 'here') {
      if (known.introduced !== undefined) setIdentity(apiKey, request, known.introduced);
      return undefined;
    }
    const { standing } = known;
    const isEnded = this.#isEnded(apiKey, request, known);
    if (known.standing !== standing) await this.#tell(transactionalId);
    return answerTransaction(apiKey, request, isEnded ? ERROR.NONE : refusalFor(software));
  }

  /** An abort of what was aborted, or the same end of a transaction again, whose answer its client has not got. */
  #isEnded(apiKey: number, { committed }: Body, producer: TransactionalProducer): boolean {
    if (apiKey !== API.endTxn) return false;
    if (producer.standing === 'aborted') {
      if (committed === false) producer.standing = 'elsewhere';
      return committed === false;
    }
    return committed === false || producer.hasCommitted;
  }

  async #introduce(transactionalId: string, producer: TransactionalProducer): Promise<'here' | 'fenced' | 'unavailable'> {
    if (this.#client === undefined) return 'unavailable';
    producer.introduction ??= this.#introduceTo(this.#client, transactionalId, producer).finally(() => {
      producer.introduction = undefined;
    });
    return await producer.introduction;
  }

  async #introduceTo(client: KafkaClient, transactionalId: string, producer: TransactionalProducer): Promise<'here' | 'fenced' | 'unavailable'> {
    const outcome = await introduceProducer(transactionalId, producer, client, this.#left);
    if (outcome === 'here') await this.#tell(transactionalId);
    return outcome;
  }

  /** The same for a Produce request, whose body is given; an error code where it shall not go to the broker. */
  async beforeProduce(transactionalId: string, head: RequestHead, body: Buffer, software: ClientSoftware): Promise<number | undefined> {
    const producer = this.#producers.get(transactionalId);
    if (producer === undefined) return undefined;
    if (producer.standing !== 'here') return refusalFor(software);
    if (producer.introduced === undefined) return undefined;
    const { firstSequences } = producer.introduced;
    const known = firstSequences?.size;
    renumberBatches(head, body, producer, producer.introduced);
    if (firstSequences?.size !== known) await this.#tell(transactionalId);
    return undefined;
  }

  /**
   * Learns from an answer and changes it, in place, before it goes to the client. Produce has no decoded request. A promise where the answer has to
   * wait until others have learned it, too.
   */
  after(apiKey: number, request: Body | undefined, answer: Body, software: ClientSoftware): Promise<void> | undefined {
    const transactionalId = request === undefined ? null : transactionalIdOf(apiKey, request);
    const isNews = request !== undefined && transactionalId !== null && this.#learn(apiKey, transactionalId, request, answer);
    const isForgiven = this.#isDisturbed && endsOnUnknownTransaction(software) && forgiveUnknown(apiKey, request, answer);
    if (request === undefined || transactionalId === null) return undefined;
    // One of before this node's start: it aborts now, and with its next transaction it is introduced.
    const isForgotten = isForgiven && apiKey !== API.txnOffsetCommit;
    if (isForgotten) this.#forgot(transactionalId, identityOf(apiKey, request));
    return isNews || isForgotten ? this.#tell(transactionalId) : undefined;
  }

  #forgot(transactionalId: string, identity: ProducerIdentity): void {
    this.#close(transactionalId);
    const known = this.#producers.get(transactionalId);
    if (known !== undefined && isSame(known.introduced ?? known, identity)) known.standing = 'elsewhere';
    else this.#remember(transactionalId, { ...stranger(identity), standing: 'elsewhere' });
  }

  /** Whether there was something to learn. */
  #learn(apiKey: number, transactionalId: string, request: Body, answer: Body): boolean {
    switch (apiKey) {
      case API.initProducerId: {
        const { errorCode, producerId, producerEpoch: epoch } = answer as unknown as InitProducerIdResponse;
        if (errorCode !== ERROR.NONE) return false;
        const before = this.#producers.get(transactionalId);
        const replaced = before === undefined ? [] : [...before.replaced, before].slice(-REMEMBERED_REPLACED).map((old) => ({ producerId: old.producerId, epoch: old.epoch }));
        this.#remember(transactionalId, { ...stranger({ producerId, epoch }), timeoutMs: (request as unknown as InitProducerIdRequest).transactionTimeoutMs, replaced });
        this.#end(transactionalId, false);
        return true;
      }
      case API.addPartitionsToTxn:
      case API.addOffsetsToTxn: {
        // What a broker refused is not open, and anybody may ask for it.
        if (!isAdded(answer)) return false;
        const identity = identityOf(apiKey, request);
        const known = this.#producers.get(transactionalId);
        const isStranger = known === undefined || !isSame(known.introduced ?? known, identity);
        if (isStranger) this.#remember(transactionalId, stranger(identity));
        const isFirst = !this.#open.has(transactionalId);
        if (isFirst) this.#open.set(transactionalId, 'us');
        return isStranger || isFirst;
      }
      case API.endTxn:
        if (answer['errorCode'] !== ERROR.NONE) return false;
        this.#end(transactionalId, request['committed'] === true);
        return true;
      default:
        return false;
    }
  }

  /** Whoever opened this one is gone: it is ours now. */
  adopt(transactionalId: string): void {
    if (this.#open.has(transactionalId)) this.#open.set(transactionalId, 'us');
  }

  /** Another process says what it knows of a producer. */
  learn(transactionalId: string, note: ProducerNote): void {
    this.#remember(transactionalId, learnNote(this.#producers.get(transactionalId), note));
    if (!note.isOpen) this.#close(transactionalId);
    else if (!this.#open.has(transactionalId)) this.#open.set(transactionalId, 'others');
  }

  /** For a process that starts: `learn` takes it there. */
  notes(): readonly (readonly [string, ProducerNote])[] {
    return [...this.#producers].map(([transactionalId, producer]) => [transactionalId, noteOf(producer, this.#open.has(transactionalId))] as const);
  }

  #tell(transactionalId: string): Promise<void> | undefined {
    const producer = this.#producers.get(transactionalId);
    // Until a switch nobody decides anything by it.
    return producer === undefined ? undefined : this.#teller?.(transactionalId, noteOf(producer, this.#open.has(transactionalId)), this.#isDisturbed);
  }

  #close(transactionalId: string): void {
    this.#open.delete(transactionalId);
    if (this.#open.size === 0) this.#ended?.();
  }

  #end(transactionalId: string, hasCommitted: boolean): void {
    const producer = this.#producers.get(transactionalId);
    if (producer !== undefined) producer.hasCommitted = hasCommitted;
    this.#close(transactionalId);
  }

  #remember(transactionalId: string, producer: TransactionalProducer): void {
    this.#producers.delete(transactionalId);
    this.#producers.set(transactionalId, producer);
    if (this.#producers.size <= REMEMBERED) return;
    const [oldest] = this.#producers.keys();
    if (oldest !== undefined) this.#producers.delete(oldest);
  }

  /** Writes are held from now on. */
  held(): void {
    this.#endingUntilMs = performance.now() + ENDING_MS;
  }

  /** Whether a write of that transaction may pass while others are held. */
  mayEnd(transactionalId: string | null): boolean {
    return transactionalId !== null && this.#open.has(transactionalId) && performance.now() < this.#endingUntilMs;
  }

  /** The cluster is given up: what is open there is neither ended nor waited for, its producers abort. */
  cutOff(): void {
    this.#endingUntilMs = -Infinity;
    this.#ended?.();
    this.disturb();
  }

  /** Waits until nothing is open, or that has taken long enough; then nothing may pass any more. */
  async ended(): Promise<void> {
    const leftMs = this.#endingUntilMs - performance.now();
    if (this.#open.size > 0 && leftMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#ended = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#ended = undefined;
    this.#endingUntilMs = -Infinity;
  }

  /** Aborts what is open on that cluster; called when no write is in flight and none can begin. Throws UNAVAILABLE when a coordinator does not answer. */
  async abortOpen(client: KafkaClient, timeoutMs: number): Promise<number> {
    this.#client ??= client;
    const open = [...this.#open].filter(([, by]) => by === 'us').map(([transactionalId]) => transactionalId);
    await Promise.all(open.map((transactionalId) => this.#abort(transactionalId, client, timeoutMs)));
    if (open.length > 0) this.disturb();
    return open.length;
  }

  /** From here on a producer may meet a coordinator that knows nothing of its transaction. */
  disturb(): void {
    this.#isDisturbed = true;
  }

  async #abort(transactionalId: string, client: KafkaClient, timeoutMs: number): Promise<void> {
    const producer = this.#producers.get(transactionalId);
    if (producer !== undefined) {
      const { producerId, epoch: producerEpoch } = producer.introduced ?? producer;
      const target = { kind: 'transaction', transactionalId } as const;
      const answer = await client.send(target, endTxnApi, { transactionalId, producerId, producerEpoch, committed: false }, { timeoutMs });
      producer.standing = 'aborted';
      // From version 5 on each end gives a new epoch.
      if (answer.errorCode === ERROR.NONE && answer.producerId >= 0n) producer.introduced = { producerId: answer.producerId, epoch: answer.producerEpoch, firstSequences: undefined };
      // Ended already, perhaps by a commit whose answer was lost, or taken over by a newer producer: either way it is not open any more.
      if (answer.errorCode !== ERROR.NONE) {
        const { transactionStates } = await client.send(target, describeTransactionsApi, { transactionalIds: [transactionalId] }, { timeoutMs });
        const state = transactionStates[0]?.transactionState ?? 'unknown';
        this.#log.info('a transaction could not be aborted', { transactionalId, errorCode: answer.errorCode, state });
        if (state === 'CompleteCommit' || state === 'PrepareCommit') Object.assign(producer, { standing: 'elsewhere', hasCommitted: true });
      }
    }
    this.#close(transactionalId);
    void this.#tell(transactionalId);
  }

  /** The cluster has changed: what was issued before is unknown there. `left` is the one that knew it, where there is one to ask. */
  moved(client: KafkaClient, left?: KafkaClient): void {
    this.#client = client;
    this.#left = left;
    for (const [transactionalId, producer] of this.#producers) if (producer.standing === 'here') producer.standing = this.#open.has(transactionalId) ? 'aborted' : 'elsewhere';
    this.#open.clear();
    this.disturb();
  }
}

/** On which a client aborts its transaction and goes on: for Java from 4.0 on only one word is not the end, others do not know that word yet. */
function refusalFor(software: ClientSoftware): number {
  return endsOnUnknownTransaction(software) ? ERROR.TRANSACTION_ABORTABLE : ERROR.INVALID_PRODUCER_ID_MAPPING;
}

function stranger({ producerId, epoch }: ProducerIdentity): TransactionalProducer {
  return { producerId, epoch, timeoutMs: DEFAULT_TIMEOUT_MS, standing: 'here', hasCommitted: false, introduced: undefined, introduction: undefined, replaced: [] };
}

/** Brokers add all partitions or none. */
function isAdded(answer: Body): boolean {
  const topics = (answer['resultsByTopicV3AndBelow'] ?? []) as readonly { readonly resultsByPartition: readonly { readonly partitionErrorCode: number }[] }[];
  return (answer['errorCode'] ?? ERROR.NONE) === ERROR.NONE && topics.every(({ resultsByPartition }) => resultsByPartition.every(({ partitionErrorCode }) => partitionErrorCode === ERROR.NONE));
}
