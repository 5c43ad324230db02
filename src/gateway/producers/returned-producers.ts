import type { RequestHead } from '../../wire/headers.ts';
import type { FrameReader } from '../bytes/frame-reader.ts';
import { peekProducerId } from '../splice/peek-producer-id.ts';
import { FIRST_PRODUCE_BY_ID } from '../splice/produce-request-by-id.ts';
import { renumberBatches } from '../splice/renumber-batches.ts';
import { hasReturned, otherProducerId, type Stay } from './producer-id.ts';
import type { NumberedBatch } from './producer-sequences.ts';

/**
 * Idempotent producers that the active cluster knows from before it was left the last time. They have numbered on elsewhere, so it would refuse what they
 * write now as out of order, and their clients would have failed sends. Where they come back they get another id, which nobody knows there and of which
 * any first number is taken. Who they are follows from their ids and from the logs of the switches, so nothing is remembered: every node and process
 * makes the same of it, also one that was started a moment ago.
 */
export class ReturnedProducers {
  readonly #stay: () => Stay;

  constructor(stay: () => Stay) {
    this.#stay = stay;
  }

  /** There are none: the active cluster was never left. */
  get isEmpty(): boolean {
    return this.#stay().left === 0;
  }

  /** Whether `introduce` may have something to do with this Produce request, of which nothing was read behind its head. */
  async mayWrite(reader: FrameReader, { apiVersion }: Pick<RequestHead, 'apiVersion'>): Promise<boolean> {
    if (this.isEmpty) return false;
    const producerId = await peekProducerId(reader, apiVersion >= FIRST_PRODUCE_BY_ID);
    return producerId === undefined || hasReturned(producerId, this.#stay());
  }

  /** Gives those of them that write in this request their other id, in place. */
  introduce(head: Pick<RequestHead, 'apiVersion'>, body: Buffer, batches: readonly NumberedBatch[]): void {
    const stay = this.#stay();
    const seen = new Map(batches.filter(({ producerId }) => hasReturned(producerId, stay)).map(({ producerId, epoch }) => [`${producerId} ${epoch}`, { producerId, epoch }]));
    for (const { producerId, epoch } of seen.values()) renumberBatches(head, body, { producerId, epoch }, { producerId: otherProducerId(producerId, stay.generation), epoch, firstSequences: undefined });
  }
}
