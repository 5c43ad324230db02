import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES } from '../../wire/record-batch.ts';
import type { FrameReader } from '../bytes/frame-reader.ts';
import { after, type Soon } from '../bytes/soon.ts';

/** What the head of a record batch says of it. */
export interface BatchHead {
  readonly records: number;
  /** With its head. */
  readonly bytes: number;
  readonly isTransactional: boolean;
}

/** Told of each partition of a Produce request as it is forwarded; `batch` undefined: it carries no records. Names are the client's and the broker's. */
export type OnBatch = (topic: { readonly name: string; readonly topicId: string; readonly physical: string }, partition: number, batch: BatchHead | undefined) => void;

/** Looks at the batch that comes next in a frame, `bytes` long, and leaves it there. undefined: no batch of version 2, which brokers refuse in these requests. */
export function peekBatchHead(reader: FrameReader, bytes: number): Soon<BatchHead | undefined> {
  if (bytes < BATCH_HEADER_BYTES) return undefined;
  return after(reader.peek(BATCH_HEADER_BYTES, 'record batch'), () => batchHeadAt(reader, 0, bytes));
}

/** The same of a batch that is readable, `offset` bytes ahead. */
export function batchHeadAt(reader: FrameReader, offset: number, bytes: number): BatchHead | undefined {
  if (bytes < BATCH_HEADER_BYTES || reader.byteAt(offset + BATCH.magic) !== 2) return undefined;
  return { records: reader.int32At(offset + BATCH.recordCount), bytes, isTransactional: (reader.int16At(offset + BATCH.attributes) & ATTRIBUTE.transactional) !== 0 };
}
