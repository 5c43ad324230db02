import { gzipSync } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decompress } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES, type RecordBatch } from './record-batch.ts';

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

const GZIP = 1;
const MAX_DECOMPRESSED_BYTES = 256 << 20;

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

/** A record without its place in the batch: its bytes from the key on are copied as they are. */
interface RawRecord {
  readonly offset: bigint;
  readonly timestamp: bigint;
  readonly attributes: number;
  readonly rest: Buffer;
}

function rebuild(batch: RecordBatch, from: bigint, timestamp: bigint | undefined, maxBytes: number): BatchCopy[] {
  const copies: BatchCopy[] = [];
  let chunk: RawRecord[] = [];
  let chunkBytes = 0;
  const flush = (): void => {
    const last = chunk.at(-1);
    if (last !== undefined) copies.push({ bytes: encode(chunk, batch.compression !== 'none'), recordCount: chunk.length, lastOffset: last.offset });
    chunk = [];
    chunkBytes = 0;
  };
  for (const record of readRaw(batch)) {
    if (record.offset < from) continue;
    if (chunkBytes + record.rest.length > maxBytes) flush();
    chunk.push(timestamp === undefined ? record : { ...record, timestamp });
    chunkBytes += record.rest.length;
  }
  flush();
  return copies;
}

function* readRaw(batch: RecordBatch): Generator<RawRecord> {
  const reader = new ByteReader(decompress(batch.compression, batch.bytes.subarray(BATCH_HEADER_BYTES), MAX_DECOMPRESSED_BYTES));
  for (let index = 0; index < batch.recordCount; index++) {
    const byteCount = reader.readVarint();
    const end = reader.position + byteCount;
    const attributes = reader.readInt8();
    const timestamp = batch.baseTimestamp + reader.readVarlong();
    const offset = batch.baseOffset + BigInt(reader.readVarint());
    yield { offset, timestamp, attributes, rest: reader.readSlice(end - reader.position) };
  }
}

function encode(records: readonly RawRecord[], isCompressed: boolean): Buffer {
  const baseTimestamp = records[0]?.timestamp ?? 0n;
  const all = new ByteWriter(1024);
  const head = new ByteWriter(32);
  for (const [index, { timestamp, attributes, rest }] of records.entries()) {
    head.reset();
    head.writeInt8(attributes);
    head.writeVarlong(timestamp - baseTimestamp);
    head.writeVarint(index);
    const bytes = head.toBuffer();
    all.writeVarint(bytes.length + rest.length);
    all.writeSlice(bytes);
    all.writeSlice(rest);
  }
  const body = all.toBuffer();
  const batch = Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), isCompressed ? gzipSync(body) : body]);
  batch.writeInt32BE(batch.length - BATCH.partitionLeaderEpoch, BATCH.length);
  batch.writeInt8(2, BATCH.magic);
  batch.writeInt16BE(isCompressed ? GZIP : 0, BATCH.attributes);
  batch.writeInt32BE(records.length - 1, BATCH.lastOffsetDelta);
  batch.writeBigInt64BE(baseTimestamp, BATCH.baseTimestamp);
  batch.writeBigInt64BE(records.reduce((max, { timestamp }) => (timestamp > max ? timestamp : max), baseTimestamp), BATCH.maxTimestamp);
  batch.writeInt32BE(records.length, BATCH.recordCount);
  return batch;
}
