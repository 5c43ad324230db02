import { visibleBatches, type AbortedTransaction } from '../client/visible-batches.ts';
import { copyBatch, type BatchCopy } from '../wire/copy-batch.ts';

/** Records of a batch that has to be made anew; the default limit of a topic's messages is a little above 1 MiB. */
const MAX_REBUILT_BYTES = 512 << 10;

export interface Copyable {
  readonly batches: readonly BatchCopy[];
  /** Where reading goes on: everything before it is in `batches`, or nothing that is to be copied. */
  readonly nextOffset: bigint;
}

/** What of one read-committed fetch answer, asked from offset `from`, belongs on the target: no transaction markers, nothing that was aborted. */
export function copyableBatches(records: Buffer, aborted: readonly AbortedTransaction[], from: bigint): Copyable {
  const batches: BatchCopy[] = [];
  let nextOffset = from;
  for (const { batch, isVisible } of visibleBatches(records, aborted, 'read_committed')) {
    if (isVisible) batches.push(...copyBatch(batch, from, MAX_REBUILT_BYTES));
    if (batch.lastOffset >= nextOffset) nextOffset = batch.lastOffset + 1n;
  }
  return { batches, nextOffset };
}
