import { createHash } from 'node:crypto';
import type { KafkaClient } from '../client/kafka-client.ts';
import type { RequestHead } from '../wire/headers.ts';
import type { Log } from './log.ts';
import { readProducerIds, type NumberedBatch } from './producer-sequences.ts';
import { renumberBatches } from './splice/renumber-batches.ts';

/** Clusters count their own ids from 0; ours are random numbers of 62 bits. */
const FIRST_OF_OURS = 2n ** 32n;
const POSITIVE = 2n ** 63n - 1n;
/** A flip waits no longer: without it the gateway does as it would have done. */
const PATIENCE_MS = 300;

interface Read {
  readonly cluster: string;
  readonly ids: Promise<ReadonlySet<bigint>>;
}

/**
 * Idempotent producers that the active cluster knows from before it was left the last time. They have numbered on elsewhere, so it would refuse what they
 * write now as out of order, and their clients would have failed sends. Where they come back they get another id, which nobody knows there and of which
 * any first number is taken. All nodes and processes make the same one of it.
 */
export class ReturnedProducers {
  readonly #log: Log;
  #read: Read | undefined;
  #ids: ReadonlySet<bigint> = new Set();
  #generation = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  /** Before the switch: nobody writes there through a gateway, so what it knows of our producers does not change. Never rejects. */
  async read(cluster: string, client: KafkaClient): Promise<void> {
    const ids = readProducerIds(client).then((all) => new Set([...all].filter((id) => id >= FIRST_OF_OURS)), (reason: unknown) => {
      this.#log.info('the producers that a cluster knows could not be read', { cluster, reason: reason instanceof Error ? reason.message : String(reason) });
      return new Set<bigint>();
    });
    this.#read = { cluster, ids };
    await ids;
  }

  /** That cluster is active from here on. Resolves when `introduce` knows of it. */
  async moved(cluster: string, client: KafkaClient, generation: number): Promise<void> {
    if (this.#read?.cluster !== cluster) void this.read(cluster, client);
    const ids = this.#read?.ids;
    this.#read = undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    });
    this.#ids = (await Promise.race([ids, late])) ?? new Set();
    this.#generation = generation;
    clearTimeout(timer);
  }

  /** Gives those of them that write in this request their other id, in place. */
  introduce(head: Pick<RequestHead, 'apiVersion'>, body: Buffer, batches: readonly NumberedBatch[]): void {
    const seen = new Map(batches.filter(({ producerId }) => this.#ids.has(producerId)).map(({ producerId, epoch }) => [`${producerId} ${epoch}`, { producerId, epoch }]));
    for (const { producerId, epoch } of seen.values()) renumberBatches(head, body, { producerId, epoch }, { producerId: otherId(producerId, this.#generation), epoch, firstSequences: undefined });
  }
}

function otherId(producerId: bigint, generation: number): bigint {
  const digest = createHash('sha1').update(`${producerId} ${generation}`).digest();
  return (digest.readBigUInt64BE(0) & POSITIVE) | FIRST_OF_OURS;
}
