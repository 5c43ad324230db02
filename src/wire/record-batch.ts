import { GwctlError } from '../shared/errors.ts';
import { ByteReader } from './byte-reader.ts';
import { COMPRESSIONS, decompress, type Compression } from './compression.ts';
import { crc32c } from './crc32c.ts';

/** Bytes before the records, and the offsets of the fields in them. */
export const BATCH_HEADER_BYTES = 61;
export const BATCH = {
  baseOffset: 0, length: 8, partitionLeaderEpoch: 12, magic: 16, crc: 17, attributes: 21, lastOffsetDelta: 23, baseTimestamp: 27,
  maxTimestamp: 35, producerId: 43, producerEpoch: 51, baseSequence: 53, recordCount: 57,
} as const;
export const ATTRIBUTE = { compressionMask: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;

const DEFAULT_MAX_DECOMPRESSED_BYTES = 64 << 20;

export interface KafkaRecord {
  readonly offset: bigint;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer | null])[];
}

export interface RecordBatch {
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  readonly partitionLeaderEpoch: number;
  readonly attributes: number;
  readonly compression: Compression;
  readonly isTransactional: boolean;
  /** Its records are transaction markers: see readControlType. */
  readonly isControl: boolean;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly baseTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly recordCount: number;
  /** The whole batch as it came, header included. */
  readonly bytes: Buffer;
  /** Decodes as it goes. Throws PROTOCOL. */
  records(): Generator<KafkaRecord>;
}

/**
 * The batches of a fetch answer or a produce request (format v2; older ones throw PROTOCOL). Brokers cut answers at a byte limit, so a last
 * batch that is not complete is left out. CRCs are checked. `maxDecompressedBytes` bounds each batch's records.
 */
export function* readRecordBatches(bytes: Buffer, maxDecompressedBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES): Generator<RecordBatch> {
  let at = 0;
  while (bytes.length - at > BATCH.magic) {
    const magic = bytes.readInt8(at + BATCH.magic);
    if (magic !== 2) throw new GwctlError('PROTOCOL', `record batch at byte ${at}: magic ${magic} (allowed: 2)`);
    const byteCount = bytes.readInt32BE(at + BATCH.length) + BATCH.partitionLeaderEpoch;
    if (byteCount < BATCH_HEADER_BYTES) throw new GwctlError('PROTOCOL', `record batch at byte ${at}: ${byteCount} bytes (allowed: ${BATCH_HEADER_BYTES} or more)`);
    if (byteCount > bytes.length - at) return;
    yield readBatch(bytes.subarray(at, at + byteCount), maxDecompressedBytes);
    at += byteCount;
  }
}

function readBatch(bytes: Buffer, maxDecompressedBytes: number): RecordBatch {
  const baseOffset = bytes.readBigInt64BE(BATCH.baseOffset);
  const seenCrc = crc32c(bytes, BATCH.attributes);
  const expectedCrc = bytes.readUInt32BE(BATCH.crc);
  if (seenCrc !== expectedCrc) throw new GwctlError('PROTOCOL', `record batch at offset ${baseOffset}: crc ${seenCrc} (its header says ${expectedCrc})`);
  const attributes = bytes.readInt16BE(BATCH.attributes);
  const compression = COMPRESSIONS[attributes & ATTRIBUTE.compressionMask];
  if (compression === undefined) throw new GwctlError('PROTOCOL', `record batch at offset ${baseOffset}: compression ${attributes & ATTRIBUTE.compressionMask} (allowed: 0 to 4)`);
  const batch = {
    baseOffset,
    lastOffset: baseOffset + BigInt(bytes.readInt32BE(BATCH.lastOffsetDelta)),
    partitionLeaderEpoch: bytes.readInt32BE(BATCH.partitionLeaderEpoch),
    attributes,
    compression,
    isTransactional: (attributes & ATTRIBUTE.transactional) !== 0,
    isControl: (attributes & ATTRIBUTE.control) !== 0,
    producerId: bytes.readBigInt64BE(BATCH.producerId),
    producerEpoch: bytes.readInt16BE(BATCH.producerEpoch),
    baseSequence: bytes.readInt32BE(BATCH.baseSequence),
    baseTimestamp: bytes.readBigInt64BE(BATCH.baseTimestamp),
    maxTimestamp: bytes.readBigInt64BE(BATCH.maxTimestamp),
    recordCount: bytes.readInt32BE(BATCH.recordCount),
    bytes,
  };
  return { ...batch, records: () => readRecords(batch, maxDecompressedBytes) };
}

function* readRecords(batch: Omit<RecordBatch, 'records'>, maxDecompressedBytes: number): Generator<KafkaRecord> {
  const name = `record batch at offset ${batch.baseOffset}`;
  const reader = new ByteReader(decompress(batch.compression, batch.bytes.subarray(BATCH_HEADER_BYTES), maxDecompressedBytes));
  for (let index = 0; index < batch.recordCount; index++) {
    let record: KafkaRecord;
    try {
      record = readRecord(reader, batch);
    } catch (reason) {
      throw new GwctlError('PROTOCOL', `${name}, record ${index} of ${batch.recordCount}: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
    }
    yield record;
  }
  if (reader.remaining > 0) throw new GwctlError('PROTOCOL', `${name}: ${reader.remaining} bytes left over after ${batch.recordCount} records`);
}

function readRecord(reader: ByteReader, batch: Omit<RecordBatch, 'records'>): KafkaRecord {
  const byteCount = reader.readVarint();
  const end = reader.position + byteCount;
  if (byteCount < 0 || byteCount > reader.remaining) throw reader.fault(`length ${byteCount} at byte ${reader.position} (left: ${reader.remaining})`);
  reader.readInt8(); // attributes: none are defined
  const timestamp = batch.baseTimestamp + reader.readVarlong();
  const offset = batch.baseOffset + BigInt(reader.readVarint());
  const key = readNullable(reader);
  const value = readNullable(reader);
  const headerCount = reader.readVarint();
  if (headerCount < 0 || headerCount * 2 > reader.remaining) throw reader.fault(`${headerCount} headers at byte ${reader.position} (left: ${reader.remaining} bytes)`);
  const headers: [string, Buffer | null][] = [];
  for (let index = 0; index < headerCount; index++) headers.push([reader.readSlice(reader.readVarint()).toString('utf8'), readNullable(reader)]);
  if (reader.position !== end) throw reader.fault(`ends at byte ${reader.position}, its length says ${end}`);
  return { offset, timestamp: batch.attributes & ATTRIBUTE.logAppendTime ? batch.maxTimestamp : timestamp, key, value, headers };
}

function readNullable(reader: ByteReader): Buffer | null {
  const byteCount = reader.readVarint();
  return byteCount === -1 ? null : reader.readSlice(byteCount);
}

/** What a record of a control batch marks: the end of its producer's transaction, or something else. */
export function readControlType(record: KafkaRecord): 'abort' | 'commit' | 'other' {
  const type = record.key !== null && record.key.length >= 4 ? record.key.readInt16BE(2) : -1;
  return type === 0 ? 'abort' : type === 1 ? 'commit' : 'other';
}
