import { gzipSync } from 'node:zlib';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { COMPRESSIONS, decompress } from './compression.ts';
import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES } from './record-batch.ts';

/** A record without its place in a batch: its bytes from the key on are as they came. */
export interface RawRecord {
  /** From the batch's base offset. */
  readonly offsetDelta: number;
  readonly timestamp: bigint;
  readonly attributes: number;
  readonly rest: Buffer;
}

const GZIP = 1;
const MAX_DECOMPRESSED_BYTES = 256 << 20;

/** The records of a whole batch (format v2). Throws PROTOCOL. */
export function* readRawRecords(batch: Buffer): Generator<RawRecord> {
  const compression = COMPRESSIONS[batch.readInt16BE(BATCH.attributes) & ATTRIBUTE.compressionMask] ?? 'none';
  const baseTimestamp = batch.readBigInt64BE(BATCH.baseTimestamp);
  const reader = new ByteReader(decompress(compression, batch.subarray(BATCH_HEADER_BYTES), MAX_DECOMPRESSED_BYTES));
  for (let index = batch.readInt32BE(BATCH.recordCount); index > 0; index--) {
    const byteCount = reader.readVarint();
    const end = reader.position + byteCount;
    const attributes = reader.readInt8();
    const timestamp = baseTimestamp + reader.readVarlong();
    const offsetDelta = reader.readVarint();
    yield { offsetDelta, timestamp, attributes, rest: reader.readSlice(end - reader.position) };
  }
}

/** One batch of them, numbered anew from 0, without a producer and without a checksum. */
export function encodeRawRecords(records: readonly RawRecord[], isCompressed: boolean): Buffer {
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
