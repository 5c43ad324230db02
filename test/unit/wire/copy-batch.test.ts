import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyBatch, mergeBatches, stampBatch, type BatchCopy, type BatchStamp } from '../../../src/wire/copy-batch.ts';
import { crc32c } from '../../../src/wire/crc32c.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES, readRecordBatches, type KafkaRecord, type RecordBatch } from '../../../src/wire/record-batch.ts';

const STAMP: BatchStamp = { producerId: 4711n, producerEpoch: 3, baseSequence: 90 };
const MAX_BYTES = 1 << 20;

/** Written by Kafka's own classes: offsets 5 to 7. */
const vectors = new Map(readFileSync(new URL('../../wire/kafka-4.3.1-batches.txt', import.meta.url), 'utf8').trimEnd().split('\n').map((line): [string, Buffer] => {
  const [name = '', base64 = ''] = line.split(' ');
  return [name, Buffer.from(base64, 'base64')];
}));

function only(bytes: Buffer): RecordBatch {
  const [batch, ...rest] = readRecordBatches(bytes);
  if (batch === undefined || rest.length > 0) throw new Error('expected one batch');
  return batch;
}

function vector(name: string): RecordBatch {
  return only(vectors.get(name) ?? Buffer.alloc(0));
}

/** What a reader of the copies sees, offsets left out. */
function copied(batch: RecordBatch, from: bigint, maxBytes = MAX_BYTES): Omit<KafkaRecord, 'offset'>[] {
  return copyBatch(batch, from, maxBytes).flatMap((copy) => [...only(stampBatch(copy, STAMP)).records()]).map(({ offset: _, ...rest }) => rest);
}

function withoutOffset(records: Iterable<KafkaRecord>, from = 0n): Omit<KafkaRecord, 'offset'>[] {
  return [...records].filter(({ offset }) => offset >= from).map(({ offset: _, ...rest }) => rest);
}

/** The same batch with header fields changed, and a checksum that is right. */
function forged(batch: RecordBatch, change: (bytes: Buffer) => void): RecordBatch {
  const bytes = Buffer.from(batch.bytes);
  change(bytes);
  bytes.writeUInt32BE(crc32c(bytes, BATCH.attributes), BATCH.crc);
  return only(bytes);
}

describe.each(['none', 'gzip', 'snappy', 'lz4', 'zstd', 'transactional'])('a batch that Kafka wrote (%s)', (name) => {
  test('is taken whole: its payload is the same bytes, and it is this producer\'s', () => {
    const batch = vector(name);
    const [copy, ...more] = copyBatch(batch, batch.baseOffset, MAX_BYTES);
    if (copy === undefined) throw new Error('nothing was copied');
    const stamped = stampBatch(copy, STAMP);
    expect(more).toEqual([]);
    expect(copy).toMatchObject({ recordCount: 3, lastOffset: 7n });
    expect(stamped.subarray(BATCH_HEADER_BYTES).equals(batch.bytes.subarray(BATCH_HEADER_BYTES))).toBe(true);
    expect(only(stamped)).toMatchObject({ ...STAMP, baseOffset: 0n, lastOffset: 2n, isTransactional: true, isControl: false, compression: batch.compression, recordCount: 3, baseTimestamp: 1000n, maxTimestamp: 4000n });
    expect(batch.bytes.equals(vectors.get(name) ?? Buffer.alloc(0)), 'what was fetched stays as it is').toBe(true);
  });

  test('is cut at its start: the rest of its records are the same', () => {
    const batch = vector(name);
    for (const from of [6n, 7n]) expect(copied(batch, from)).toEqual(withoutOffset(batch.records(), from));
    expect(copyBatch(batch, 8n, MAX_BYTES)).toEqual([]);
  });
});

test('any records, cut anywhere and split at any size, are the same records with sequence numbers without a gap', () => {
  const bytes = fc.uint8Array({ maxLength: 30 }).map((data) => Buffer.from(data));
  const nullable = fc.option(bytes, { nil: null });
  const newRecord = fc.record({ key: nullable, value: nullable, timestamp: fc.bigInt({ min: -1n, max: 2n ** 50n }), headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 5 }), nullable), { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(newRecord, { minLength: 1, maxLength: 20 }), fc.constantFrom('none' as const, 'gzip' as const), fc.bigInt({ min: 0n, max: 2n ** 60n }), fc.nat(20), fc.integer({ min: 1, max: 200 }), (records, compression, baseOffset, skipped, maxBytes) => {
      const batch = only(encodeRecordBatch(records, { compression, baseOffset }));
      const from = baseOffset + BigInt(skipped);
      const copies = copyBatch(batch, from, maxBytes);
      expect(copied(batch, from, maxBytes)).toEqual(withoutOffset(batch.records(), from));
      expect(copies.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBe(Math.max(0, records.length - skipped));
      for (const copy of copies) {
        const stamped = only(stampBatch(copy, STAMP));
        expect(stamped.recordCount).toBe(copy.recordCount);
        expect(stamped.lastOffset - stamped.baseOffset + 1n).toBe(BigInt(copy.recordCount));
      }
    }),
  );
});

test('a header whose name is not UTF-8 keeps its bytes', () => {
  const plain = only(encodeRecordBatch([1, 2].map((n) => ({ key: null, value: Buffer.from(`${n}`), timestamp: 5n, headers: [['??', Buffer.from('x')] as const] }))));
  const batch = forged(plain, (bytes) => {
    for (let at = bytes.indexOf('??', BATCH_HEADER_BYTES); at >= 0; at = bytes.indexOf('??', at)) bytes.fill(0xff, at, at + 2);
  });
  const [copy] = copyBatch(batch, 1n, MAX_BYTES);
  expect(copy?.bytes.includes(Buffer.from([0xff, 0xff]), BATCH_HEADER_BYTES)).toBe(true);
  expect(copy?.bytes.includes(Buffer.from('\ufffd'))).toBe(false);
});

test('a batch with the time of its broker is made anew: each record has that time as its own', () => {
  const batch = forged(vector('gzip'), (bytes) => bytes.writeInt16BE(bytes.readInt16BE(BATCH.attributes) | ATTRIBUTE.logAppendTime, BATCH.attributes));
  const copies = copyBatch(batch, 0n, MAX_BYTES);
  expect(copies.map(({ bytes }) => bytes.readInt16BE(BATCH.attributes) & ATTRIBUTE.logAppendTime)).toEqual([0]);
  expect(copied(batch, 0n).map(({ timestamp }) => timestamp)).toEqual([4000n, 4000n, 4000n]);
});

test('a batch with holes, as compaction leaves them, is made anew without them; one that it has emptied is left out', () => {
  const holed = forged(vector('none'), (bytes) => bytes.writeInt32BE(9, BATCH.lastOffsetDelta));
  expect(copyBatch(holed, 0n, MAX_BYTES)).toMatchObject([{ recordCount: 3, lastOffset: 7n }]);
  expect(copied(holed, 0n)).toEqual(withoutOffset(vector('none').records()));
  const empty = forged(vector('none'), (bytes) => bytes.writeInt32BE(0, BATCH.recordCount));
  expect(copyBatch(empty, 0n, MAX_BYTES)).toEqual([]);
});

test('a delete horizon stays with the log that it is of', () => {
  const batch = forged(vector('none'), (bytes) => bytes.writeInt16BE(0x40, BATCH.attributes));
  const [copy] = copyBatch(batch, 0n, MAX_BYTES);
  expect(copy === undefined ? -1 : stampBatch(copy, STAMP).readInt16BE(BATCH.attributes)).toBe(ATTRIBUTE.transactional);
});

test('batches that are merged, in any order of plain and compressed ones and at any limit, have the same records in the same order', () => {
  const group = fc.record({ compression: fc.constantFrom('none' as const, 'none' as const, 'gzip' as const), values: fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.bigInt({ min: 0n, max: 2n ** 45n })), { minLength: 1, maxLength: 5 }) });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 12 }), fc.integer({ min: 1, max: 600 }), (groups, maxBytes) => {
      const copies: BatchCopy[] = [];
      let baseOffset = 0n;
      for (const { compression, values } of groups) {
        const batch = only(encodeRecordBatch(values.map(([value, timestamp]) => ({ key: null, value: Buffer.from(value), timestamp, headers: [['h', Buffer.from(value)] as const] })), { compression, baseOffset }));
        copies.push(...copyBatch(batch, 0n, MAX_BYTES));
        baseOffset = batch.lastOffset + 1n;
      }
      const merged = mergeBatches(copies, maxBytes);
      const recordsOf = (batches: readonly BatchCopy[]) => batches.flatMap((copy) => withoutOffset(only(stampBatch(copy, STAMP)).records()));
      expect(recordsOf(merged)).toEqual(recordsOf(copies));
      expect(merged.at(-1)?.lastOffset).toBe(copies.at(-1)?.lastOffset);
      for (const copy of merged) expect(copyBatch(only(stampBatch(copy, STAMP)), 0n, MAX_BYTES)).toMatchObject([{ recordCount: copy.recordCount }]);
    }),
  );
});
