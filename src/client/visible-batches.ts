import { readControlType, readRecordBatches, type RecordBatch } from '../wire/record-batch.ts';
import type { Isolation } from './list-offsets.ts';

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

export interface SeenBatch {
  readonly batch: RecordBatch;
  /** False for transaction markers and, with read_committed, for what was aborted. */
  readonly isVisible: boolean;
}

/**
 * The batches of one fetch answer, each with whether a consumer may see it. A producer's data is aborted from the transaction's first offset up
 * to its abort marker; the same producer may commit before and after it in the same answer.
 */
export function* visibleBatches(records: Buffer, aborted: readonly AbortedTransaction[], isolation: Isolation): Generator<SeenBatch> {
  const waiting = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0));
  const aborting = new Set<bigint>();
  let next = 0;
  for (const batch of readRecordBatches(records)) {
    for (; next < waiting.length && (waiting[next] as AbortedTransaction).firstOffset <= batch.lastOffset; next++) {
      aborting.add((waiting[next] as AbortedTransaction).producerId);
    }
    if (batch.isControl) {
      if (isAbortMarker(batch)) aborting.delete(batch.producerId);
      yield { batch, isVisible: false };
      continue;
    }
    yield { batch, isVisible: isolation === 'read_uncommitted' || !batch.isTransactional || !aborting.has(batch.producerId) };
  }
}

function isAbortMarker(batch: RecordBatch): boolean {
  for (const record of batch.records()) return readControlType(record) === 'abort';
  return false;
}
