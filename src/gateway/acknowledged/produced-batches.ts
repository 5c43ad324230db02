import { ERROR } from '../../wire/error-codes.ts';
import type { ProduceResponse } from '../../wire/generated/produce.ts';
import type { BatchHead } from '../splice/batch-head.ts';
import type { ProduceHead } from '../splice/produce-request.ts';
import type { Acknowledgement, AckSink } from './acknowledgement.ts';

interface Produced {
  readonly physical: string;
  /** As the client named it. */
  readonly name: string;
  readonly topicId: string;
  readonly partition: number;
  /** undefined: it sent no records for this partition. */
  readonly batch: BatchHead | undefined;
}

/** What one Produce request writes, from the moment that it is forwarded until its client has the answer. */
export class ProducedBatches {
  readonly #cluster: string;
  readonly #sink: AckSink;
  readonly #produced: Produced[] = [];
  #acknowledged: (Acknowledgement & { atMs: number })[] = [];

  constructor(cluster: string, sink: AckSink) {
    this.#cluster = cluster;
    this.#sink = sink;
  }

  add(produced: Produced): void {
    this.#produced.push(produced);
  }

  /** The broker's answer, with physical names. */
  answered(answer: Record<string, unknown>): void {
    const { responses } = answer as unknown as ProduceResponse;
    let next = 0;
    for (const { name, partitionResponses } of responses) {
      for (const { index, errorCode, baseOffset } of partitionResponses) {
        const at = this.#placeOf(name, index, next);
        const batch = this.#produced[at]?.batch;
        next = at + 1;
        if (batch === undefined || errorCode !== ERROR.NONE || baseOffset < 0n) continue;
        this.#acknowledged.push({ topic: name, partition: index, base: Number(baseOffset), records: batch.records, bytes: batch.bytes, isTransactional: batch.isTransactional, atMs: 0 });
      }
    }
  }

  /** In the order of the request, as brokers do it; from the start when not. -1: nowhere. */
  #placeOf(name: string, index: number, next: number): number {
    const isIt = ({ physical, partition }: Produced): boolean => physical === name && partition === index;
    const expected = this.#produced[next];
    if (expected !== undefined && isIt(expected)) return next;
    const at = this.#produced.findIndex((produced, place) => place >= next && isIt(produced));
    return at >= 0 ? at : this.#produced.findIndex(isIt);
  }

  /** The client is told. */
  delivered(): void {
    if (this.#acknowledged.length === 0) return;
    const atMs = Date.now();
    for (const ack of this.#acknowledged) ack.atMs = atMs;
    this.#sink.add(this.#cluster, this.#acknowledged);
    this.#acknowledged = [];
  }

  /** What the client asked for, in its own words. */
  get asked(): ProduceHead {
    const topics = new Map<string, { name: string; topicId: string; partitions: number[] }>();
    for (const { name, topicId, partition } of this.#produced) {
      const key = `${topicId} ${name}`;
      const topic = topics.get(key) ?? { name, topicId, partitions: [] };
      topic.partitions.push(partition);
      topics.set(key, topic);
    }
    return { acks: -1, topics: [...topics.values()] };
  }
}
