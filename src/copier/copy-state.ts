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
  readonly #partitions: Map<string, CopiedPartition>;
  readonly #leftOut = new Set<string>();
  #changed = new AbortController();
  #hasBegun = false;
  /** For each broker of the source, when it last said that there is nothing that is not on the target by now. */
  readonly #freshAtMs = new Map<number, number>();
  #waiting: (() => void)[] = [];

  constructor(partitions: readonly CopiedPartition[]) {
    this.#partitions = new Map(partitions.map((one) => [keyOf(one), one]));
  }

  isCopied(partition: string): boolean {
    return this.#partitions.has(partition);
  }

  get partitions(): readonly CopiedPartition[] {
    return [...this.#partitions.values()];
  }

  /** Topics that were deleted on the source meanwhile: nothing more of them is copied, and nobody waits for it. */
  get leftOut(): ReadonlySet<string> {
    return this.#leftOut;
  }

  /** Aborted when there are more partitions than the session under way knows of. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  add(partitions: readonly CopiedPartition[]): void {
    for (const one of partitions) this.#partitions.set(keyOf(one), one);
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  leaveOut(topic: string): void {
    this.#leftOut.add(topic);
    for (const one of this.partitions) {
      if (one.topic !== topic) continue;
      this.#partitions.delete(keyOf(one));
      this.positions.delete(keyOf(one));
    }
    this.#wake();
  }

  /** A session begins: what its brokers have is not known yet. Where nothing is left to copy it has none. */
  begin(positions: ReadonlyMap<string, bigint>, brokers: Iterable<number>): void {
    for (const [partition, position] of positions) this.positions.set(partition, position);
    this.#hasBegun = true;
    this.#freshAtMs.clear();
    for (const broker of brokers) this.#freshAtMs.set(broker, Number.NEGATIVE_INFINITY);
  }

  /** These are on the target for good. */
  done(chunks: readonly SourceChunk[]): void {
    let records = 0;
    for (const { brokerId, parts, isAtEnd, receivedAtMs } of chunks) {
      for (const { topic, partition, batches, nextOffset } of parts) {
        this.positions.set(keyOf({ topic, partition }), nextOffset);
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
    if (this.failure !== undefined || !this.#hasBegun) return Number.POSITIVE_INFINITY;
    return this.#freshAtMs.size === 0 ? 0 : performance.now() - Math.min(...this.#freshAtMs.values());
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

function keyOf({ topic, partition }: CopiedPartition): string {
  return `${topic}-${partition}`;
}
