import { gzipSync } from 'node:zlib';
import { GwctlError } from '../shared/errors.ts';
import { ByteWriter } from './byte-writer.ts';
import { COMPRESSIONS } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES, type KafkaRecord } from './record-batch.ts';

/** A record before it has an offset. */
export type NewRecord = Pick<KafkaRecord, 'key' | 'value' | 'timestamp'> & Partial<Pick<KafkaRecord, 'headers'>>;

export interface BatchOptions {
  readonly compression?: 'none' | 'gzip';
  /** Idempotent producers: all three. -1 means none. */
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  readonly baseOffset?: bigint;
}

/** One batch (format v2) with consecutive offsets, as a producer sends it. There must be at least one record. */
export function encodeRecordBatch(records: readonly NewRecord[], options: BatchOptions = {}): Buffer {
  const { compression = 'none', producerId = -1n, producerEpoch = -1, baseSequence = -1, isTransactional = false, isControl = false, baseOffset = 0n } = options;
  const [first] = records;
  if (first === undefined) throw new GwctlError('INTERNAL', 'a record batch needs at least one record');
  const body = encodeRecords(records, first.timestamp);
  const bytes = Buffer.concat([Buffer.alloc(BATCH_HEADER_BYTES), compression === 'gzip' ? gzipSync(body) : body]);
  const maxTimestamp = records.reduce((max, record) => (record.timestamp > max ? record.timestamp : max), first.timestamp);
  bytes.writeBigInt64BE(baseOffset, BATCH.baseOffset);
  bytes.writeInt32BE(bytes.length - BATCH.partitionLeaderEpoch, BATCH.length);
  bytes.writeInt32BE(-1, BATCH.partitionLeaderEpoch);
  bytes.writeInt8(2, BATCH.magic);
  bytes.writeInt16BE(COMPRESSIONS.indexOf(compression) | (isTransactional ? ATTRIBUTE.transactional : 0) | (isControl ? ATTRIBUTE.control : 0), BATCH.attributes);
  bytes.writeInt32BE(records.length - 1, BATCH.lastOffsetDelta);
  bytes.writeBigInt64BE(first.timestamp, BATCH.baseTimestamp);
  bytes.writeBigInt64BE(maxTimestamp, BATCH.maxTimestamp);
  bytes.writeBigInt64BE(producerId, BATCH.producerId);
  bytes.writeInt16BE(producerEpoch, BATCH.producerEpoch);
  bytes.writeInt32BE(baseSequence, BATCH.baseSequence);
  bytes.writeInt32BE(records.length, BATCH.recordCount);
  bytes.writeUInt32BE(crc32c(bytes, BATCH.attributes), BATCH.crc);
  return bytes;
}

function encodeRecords(records: readonly NewRecord[], baseTimestamp: bigint): Buffer {
  const all = new ByteWriter(1024);
  const one = new ByteWriter(1024);
  for (const [offsetDelta, { timestamp, key, value, headers = [] }] of records.entries()) {
    one.reset();
    one.writeInt8(0);
    one.writeVarlong(timestamp - baseTimestamp);
    one.writeVarint(offsetDelta);
    writeNullable(one, key);
    writeNullable(one, value);
    one.writeVarint(headers.length);
    for (const [name, headerValue] of headers) {
      writeNullable(one, Buffer.from(name, 'utf8'));
      writeNullable(one, headerValue);
    }
    const bytes = one.toBuffer();
    all.writeVarint(bytes.length);
    all.writeSlice(bytes);
  }
  return all.toBuffer();
}

function writeNullable(writer: ByteWriter, bytes: Buffer | null): void {
  writer.writeVarint(bytes === null ? -1 : bytes.length);
  if (bytes !== null) writer.writeSlice(bytes);
}
