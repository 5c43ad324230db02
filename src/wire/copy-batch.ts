import { crc32c } from './crc32c.ts';
import { encodeRawRecords, readRawRecords, type RawRecord } from './raw-records.ts';
import { ATTRIBUTE, BATCH, type RecordBatch } from './record-batch.ts';

/** A batch of one log, ready to be stamped for another one: records, timestamps and compression are as they were. */
export interface BatchCopy {
  readonly bytes: Buffer;
  readonly recordCount: number;
  /** Of its last record, where it came from. */
  readonly lastOffset: bigint;
}

/** Who writes a batch in a transaction, and which of its records in that partition the first one is. */
export interface BatchStamp {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

/**
 * The records of a data batch from offset `from` on. A batch that a producer could have sent as it stands is taken whole, its payload untouched.
 * Made anew are: one that is cut; one in which compaction has left holes, since brokers accept none; one with the broker's own time, which a
 * producer may not claim, so each record gets that time as its own. What is made anew is split at `maxBytes` of records, and compressed
 * with gzip if it was compressed at all.
 */
export function copyBatch(batch: RecordBatch, from: bigint, maxBytes: number): BatchCopy[] {
  if (batch.recordCount === 0 || batch.lastOffset < from) return [];
  const hasHoles = BigInt(batch.recordCount) !== batch.lastOffset - batch.baseOffset + 1n;
  const hasBrokerTime = (batch.attributes & ATTRIBUTE.logAppendTime) !== 0;
  if (batch.baseOffset >= from && !hasHoles && !hasBrokerTime) return [{ bytes: batch.bytes, recordCount: batch.recordCount, lastOffset: batch.lastOffset }];
  return rebuild(batch, from, hasBrokerTime ? batch.maxTimestamp : undefined, maxBytes);
}

/**
 * Neighbours without compression become one batch, up to `maxBytes`: a request may have one batch of a partition, and producers that send each
 * record by itself make a hundred a second. What is compressed stays as it is.
 */
export function mergeBatches(copies: readonly BatchCopy[], maxBytes: number): BatchCopy[] {
  const merged: BatchCopy[] = [];
  let run: BatchCopy[] = [];
  let runBytes = 0;
  const flush = (): void => {
    const last = run.at(-1);
    if (last !== undefined) merged.push(run.length === 1 ? last : { bytes: encodeRawRecords(run.flatMap(({ bytes }) => [...readRawRecords(bytes)]), false), recordCount: run.reduce((sum, { recordCount }) => sum + recordCount, 0), lastOffset: last.lastOffset });
    run = [];
    runBytes = 0;
  };
  for (const copy of copies) {
    const isPlain = (copy.bytes.readInt16BE(BATCH.attributes) & ATTRIBUTE.compressionMask) === 0;
    if (!isPlain || runBytes + copy.bytes.length > maxBytes) flush();
    if (isPlain) {
      run.push(copy);
      runBytes += copy.bytes.length;
    } else merged.push(copy);
  }
  flush();
  return merged;
}

/** A fresh buffer with the batch as this producer writes it. Base offset and leader epoch are the broker's to set. */
export function stampBatch({ bytes }: Pick<BatchCopy, 'bytes'>, { producerId, producerEpoch, baseSequence }: BatchStamp): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeBigInt64BE(0n, BATCH.baseOffset);
  copy.writeInt32BE(-1, BATCH.partitionLeaderEpoch);
  // Of the attributes only the compression is the records' own: a delete horizon belongs to the log that they were in.
  copy.writeInt16BE((copy.readInt16BE(BATCH.attributes) & ATTRIBUTE.compressionMask) | ATTRIBUTE.transactional, BATCH.attributes);
  copy.writeBigInt64BE(producerId, BATCH.producerId);
  copy.writeInt16BE(producerEpoch, BATCH.producerEpoch);
  copy.writeInt32BE(baseSequence, BATCH.baseSequence);
  copy.writeUInt32BE(crc32c(copy, BATCH.attributes), BATCH.crc);
  return copy;
}

function rebuild(batch: RecordBatch, from: bigint, timestamp: bigint | undefined, maxBytes: number): BatchCopy[] {
  const copies: BatchCopy[] = [];
  let chunk: RawRecord[] = [];
  let chunkBytes = 0;
  const flush = (): void => {
    const last = chunk.at(-1);
    if (last !== undefined) copies.push({ bytes: encodeRawRecords(chunk, batch.compression !== 'none'), recordCount: chunk.length, lastOffset: batch.baseOffset + BigInt(last.offsetDelta) });
    chunk = [];
    chunkBytes = 0;
  };
  for (const record of readRawRecords(batch.bytes)) {
    if (batch.baseOffset + BigInt(record.offsetDelta) < from) continue;
    if (chunkBytes + record.rest.length > maxBytes) flush();
    chunk.push(timestamp === undefined ? record : { ...record, timestamp });
    chunkBytes += record.rest.length;
  }
  flush();
  return copies;
}
