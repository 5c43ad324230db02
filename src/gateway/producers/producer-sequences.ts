import { groupBy } from '../../client/group-by.ts';
import type { KafkaClient } from '../../client/kafka-client.ts';
import { describeProducersApi } from '../../wire/generated/describe-producers.ts';
import { SETTLING_MS } from '../backing.ts';
import type { Log } from '../log.ts';

/** Sequences are counted modulo this (KIP-98). */
const SEQUENCES = 2 ** 31;
const READ_MS = 2000;
/** A flip waits no longer for what is still being read: without it the gateway does as it would have done. */
const PATIENCE_MS = 300;
/** A predecessor that has not come by then will not come: its client has given it up. */
const PREDECESSOR_MS = 10_000;

/** A batch of an idempotent producer, by the physical name of its topic. */
export interface NumberedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  readonly epoch: number;
  readonly baseSequence: number;
}

interface LastWritten {
  readonly epoch: number;
  readonly sequence: number;
  /** Since when a batch waits for its predecessor, on the clock of performance.now(). */
  waitingSinceMs: number | undefined;
}

type Sequences = Map<string, LastWritten>;

/**
 * What the cluster that was left knows of the idempotent producers: their last sequences. A cluster that has never seen a producer takes any batch
 * of it as the first. Batches that were held on two connections, one to a leader of before the switch and one to the leader of now, could so be
 * written in the wrong order, or the earlier one never (its client is told "out of order" until it gives up). The cluster that was left would have
 * refused the later one; here the gateway does, until the first batch of that producer and partition is acknowledged.
 *
 *   read (drained) ──► moved (flip) ──► mayWrite … confirmed: the cluster knows it now
 *
 * Forgotten when the switch has settled: nothing that was held is on its way any more.
 */
export class ProducerSequences {
  readonly #log: Log;
  #reading: Promise<Sequences | undefined> | undefined;
  #last: Sequences = new Map();
  #forgetting: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#last.size === 0;
  }

  /** Begins to read what the active cluster knows; no write is in flight, and none will be until `moved` or `forget`. */
  read(client: KafkaClient): void {
    this.#reading = readSequences(client).catch((reason: unknown) => {
      this.#log.info('the sequences of producers could not be read', { reason: reason instanceof Error ? reason.message : String(reason) });
      return undefined;
    });
  }

  /** There was no switch. */
  forget(): void {
    this.#reading = undefined;
  }

  /** The cluster that they were read of has been left. Resolves when `mayWrite` knows of it. */
  async moved(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    });
    this.#last = (await Promise.race([reading, late])) ?? new Map();
    clearTimeout(timer);
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => this.#last.clear(), SETTLING_MS).unref();
  }

  /** Whether none of these is ahead of a batch that the active cluster has not got. */
  mayWrite(batches: readonly NumberedBatch[]): boolean {
    return batches.every((batch) => !this.#isAhead(batch));
  }

  /** The active cluster has this one, and judges what follows it. */
  confirmed(batch: NumberedBatch): void {
    this.#last.delete(keyOf(batch));
  }

  #isAhead(batch: NumberedBatch): boolean {
    const last = this.#last.get(keyOf(batch));
    if (last === undefined || last.epoch !== batch.epoch) return false;
    const missing = (batch.baseSequence - last.sequence - 1 + SEQUENCES) % SEQUENCES;
    // More than half of all is behind: something that was written before.
    if (missing === 0 || missing > SEQUENCES / 2) return false;
    last.waitingSinceMs ??= performance.now();
    return performance.now() - last.waitingSinceMs < PREDECESSOR_MS;
  }
}

function keyOf({ topic, partition, producerId }: Omit<NumberedBatch, 'epoch' | 'baseSequence'>): string {
  return `${producerId} ${partition} ${topic}`;
}

async function readSequences(client: KafkaClient): Promise<Sequences> {
  const { topics } = await client.metadata(undefined, { timeoutMs: READ_MS });
  const led = groupBy(topics.flatMap(({ name: topic, partitions }) => partitions.map(({ index, leader }) => ({ topic, index, leader }))), ({ leader }) => leader);
  led.delete(-1);
  const found: Sequences = new Map();
  await Promise.all([...led].map(async ([brokerId, partitions]) => {
    const draft = { topics: [...groupBy(partitions, ({ topic }) => topic)].map(([name, those]) => ({ name, partitionIndexes: those.map(({ index }) => index) })) };
    const answer = await client.send({ kind: 'broker', brokerId }, describeProducersApi, draft, { timeoutMs: READ_MS });
    for (const { name: topic, partitions: described } of answer.topics) {
      for (const { partitionIndex: partition, activeProducers } of described) {
        for (const { producerId, producerEpoch: epoch, lastSequence: sequence } of activeProducers) {
          if (sequence >= 0) found.set(keyOf({ topic, partition, producerId }), { epoch, sequence, waitingSinceMs: undefined });
        }
      }
    }
  }));
  return found;
}
