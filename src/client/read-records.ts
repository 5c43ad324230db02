import { GwctlError } from '../shared/errors.ts';
import type { KafkaRecord } from '../wire/record-batch.ts';
import { fetchRecords } from './fetch-records.ts';
import { LATEST, listOffsets, type Isolation } from './list-offsets.ts';
import { kafkaError } from './call-deadline.ts';
import type { Session } from './session.ts';
import { visibleBatches } from './visible-batches.ts';

export interface ReadOptions {
  readonly isolation: Isolation;
  /** Reads up to here, this offset not included, and waits for it. Default: the end of the partition when reading begins. */
  readonly until?: bigint;
  /** How long to wait without any progress before UNAVAILABLE. Default: the client's requestTimeoutMs. */
  readonly idleTimeoutMs?: number;
  /** Bytes asked for in one fetch. Default 4 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_MAX_BYTES = 4 << 20;
const WAIT_MS = 250;

/**
 * The records from offset `from` on, in order, without transaction markers and, with read_committed, without what was aborted. Throws
 * UNAVAILABLE; with `details.errorCode` 1 when `from` is not in the partition (removed, or not written yet): nothing is skipped silently.
 */
export async function* readRecords(session: Session, topic: string, partition: number, from: bigint, options: ReadOptions): AsyncGenerator<KafkaRecord, void, undefined> {
  const { isolation, maxBytes = DEFAULT_MAX_BYTES, idleTimeoutMs = session.options.requestTimeoutMs, signal } = options;
  const stop = signal === undefined ? {} : { signal };
  const until = options.until ?? (await endOf(session, topic, partition, isolation, stop));
  let position = from;
  let lastProgress = performance.now();
  let maxWaitMs = 0;
  while (position < until) {
    const fetched = await fetchRecords(session, topic, partition, position, { maxBytes, maxWaitMs, isolation, timeoutMs: idleTimeoutMs, ...stop });
    const before = position;
    for (const { batch, isVisible } of visibleBatches(fetched.records, fetched.abortedTransactions, isolation)) {
      if (isVisible) {
        for (const record of batch.records()) {
          if (record.offset >= until) return;
          if (record.offset >= position) yield record;
        }
      }
      if (batch.lastOffset >= position) position = batch.lastOffset + 1n;
    }
    if (position > before) {
      lastProgress = performance.now();
      maxWaitMs = 0;
      continue;
    }
    const idleMs = performance.now() - lastProgress;
    if (fetched.records.length > 0) throw new GwctlError('PROTOCOL', `fetch of ${topic}-${partition} at offset ${position}: ${fetched.records.length} bytes without a whole batch`);
    if (idleMs > idleTimeoutMs) throw new GwctlError('UNAVAILABLE', `${topic}-${partition} is at offset ${position} since ${Math.round(idleMs)} ms (wanted: ${until}, high watermark: ${fetched.highWatermark})`);
    maxWaitMs = WAIT_MS;
  }
}

async function endOf(session: Session, topic: string, partition: number, isolation: Isolation, stop: { readonly signal?: AbortSignal }): Promise<bigint> {
  const [end] = await listOffsets(session, [{ topic, partition, timestamp: LATEST, isolation }], stop);
  if (end === undefined || end.errorCode !== 0) throw kafkaError(`end of ${topic}-${partition}`, end?.errorCode ?? -1);
  return end.offset;
}
