import type { GwctlError } from '../shared/errors.ts';
import type { TransactionalProducer } from '../client/transactions.ts';
import type { SourceChunk } from './read-source.ts';

export interface CopiedPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a copier knows of itself, over all its sessions, and who waits for it. */
export class CopyState {
  readonly positions = new Map<string, bigint>();
  readonly copied = { records: 0, transactions: 0 };
  producer: TransactionalProducer | undefined;
  failure: GwctlError | undefined;
  /** Until the target refuses what is merged as too large. */
  isMerging = true;
  /** Of performance.now(). */
  progressAtMs = performance.now();
  readonly #partitions: ReadonlySet<string>;
  /** For each broker of the source, when it last said that there is nothing that is not on the target by now. */
  readonly #freshAtMs = new Map<number, number>();
  #waiting: (() => void)[] = [];

  constructor(partitions: readonly CopiedPartition[]) {
    this.#partitions = new Set(partitions.map(({ topic, partition }) => `${topic}-${partition}`));
  }

  isCopied(partition: string): boolean {
    return this.#partitions.has(partition);
  }

  /** A session begins: what its brokers have is not known yet. */
  begin(positions: ReadonlyMap<string, bigint>, brokers: Iterable<number>): void {
    for (const [partition, position] of positions) this.positions.set(partition, position);
    this.#freshAtMs.clear();
    for (const broker of brokers) this.#freshAtMs.set(broker, Number.NEGATIVE_INFINITY);
  }

  /** These are on the target for good. */
  done(chunks: readonly SourceChunk[]): void {
    let records = 0;
    for (const { brokerId, parts, isAtEnd, receivedAtMs } of chunks) {
      for (const { topic, partition, batches, nextOffset } of parts) {
        this.positions.set(`${topic}-${partition}`, nextOffset);
        for (const { recordCount } of batches) records += recordCount;
      }
      if (isAtEnd) this.#freshAtMs.set(brokerId, receivedAtMs);
    }
    this.copied.records += records;
    if (records > 0) this.copied.transactions += 1;
    this.progressAtMs = performance.now();
    this.#wake();
  }

  fail(reason: GwctlError): void {
    this.failure = reason;
    this.#wake();
  }

  behindMs(): number {
    return this.failure !== undefined || this.#freshAtMs.size === 0 ? Number.POSITIVE_INFINITY : performance.now() - Math.min(...this.#freshAtMs.values());
  }

  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds()) {
      if (this.failure !== undefined) throw this.failure;
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        this.#waiting.push(wake);
      });
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
