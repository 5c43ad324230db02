import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/wire/crc32c.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { BATCH, readRecordBatches } from '../../../src/wire/record-batch.ts';

const record = (value: string) => ({ key: null, value: Buffer.from(value), timestamp: 1n });

/** The same bytes with one field changed and the checksum made right again: what a hostile producer would send. */
function forged(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  copy.writeUInt32BE(crc32c(copy, BATCH.attributes), BATCH.crc);
  return copy;
}

const readAll = (bytes: Buffer, maxBytes?: number) => [...readRecordBatches(bytes, maxBytes)].flatMap((batch) => [...batch.records()]);

test('crc32c is the one of RFC 3720, at every alignment', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  const bytes = Buffer.from('xx123456789xx');
  expect(crc32c(bytes, 2, 11)).toBe(0xe3069283);
});

describe('encodeRecordBatch', () => {
  test('whatever is written is read again', () => {
    const bytes = fc.uint8Array({ maxLength: 30 }).map((data) => Buffer.from(data));
    const nullable = fc.option(bytes, { nil: null });
    const timestamp = fc.bigInt({ min: -1n, max: 2n ** 50n });
    const newRecord = fc.record({ key: nullable, value: nullable, timestamp, headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 5 }), nullable), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(newRecord, { minLength: 1, maxLength: 20 }), fc.constantFrom('none' as const, 'gzip' as const), fc.bigInt({ min: 0n, max: 2n ** 62n }), (records, compression, baseOffset) => {
        expect(readAll(encodeRecordBatch(records, { compression, baseOffset }))).toEqual(records.map((one, index) => ({ ...one, offset: baseOffset + BigInt(index) })));
      }),
    );
  });

  test('an empty batch is refused', () => expect(() => encodeRecordBatch([])).toThrow('a record batch needs at least one record'));
});

describe('readRecordBatches', () => {
  const first = encodeRecordBatch([record('a'), record('b')]);
  const second = encodeRecordBatch([record('c')], { baseOffset: 2n });

  test('a last batch that was cut is left out, at every cut', () => {
    const both = Buffer.concat([first, second]);
    for (let end = first.length; end < both.length; end++) expect(readAll(both.subarray(0, end)).map(({ value }) => value?.toString()), `cut at ${end}`).toEqual(['a', 'b']);
    expect(readAll(both)).toHaveLength(3);
    expect(readAll(Buffer.alloc(0))).toEqual([]);
  });

  test('with log append time, every record has the time of the append', () => {
    const bytes = forged(encodeRecordBatch([record('a'), { ...record('b'), timestamp: 9n }]), (copy) => copy.writeInt16BE(0x08, BATCH.attributes));
    expect(readAll(bytes).map(({ timestamp }) => timestamp)).toEqual([9n, 9n]);
  });

  test.each<{ name: string; bytes: Buffer; message: string }>([
    { name: 'an older format', bytes: forged(first, (copy) => copy.writeInt8(1, BATCH.magic)), message: 'magic 1 (allowed: 2)' },
    { name: 'a length below the header', bytes: forged(first, (copy) => copy.writeInt32BE(10, BATCH.length)), message: '22 bytes (allowed: 61 or more)' },
    { name: 'a negative length', bytes: forged(first, (copy) => copy.writeInt32BE(-1000, BATCH.length)), message: '-988 bytes (allowed: 61 or more)' },
    { name: 'an unknown compression', bytes: forged(first, (copy) => copy.writeInt16BE(5, BATCH.attributes)), message: 'compression 5 (allowed: 0 to 4)' },
    { name: 'more records than there are', bytes: forged(first, (copy) => copy.writeInt32BE(3, BATCH.recordCount)), message: 'record 2 of 3: 1 bytes needed' },
    { name: '2 billion records that are not there', bytes: forged(first, (copy) => copy.writeInt32BE(0x7fffffff, BATCH.recordCount)), message: 'record 2 of 2147483647' },
    { name: 'fewer records than there are', bytes: forged(first, (copy) => copy.writeInt32BE(1, BATCH.recordCount)), message: 'bytes left over after 1 records' },
    { name: 'a record longer than the batch', bytes: forged(first, (copy) => copy.writeUInt8(0x7e, 61)), message: 'record 0 of 2: length 63' },
    { name: 'a value longer than the record', bytes: forged(first, (copy) => copy.writeUInt8(0x06, 66)), message: 'record 0 of 2: ends at byte' },
    { name: 'more headers than bytes', bytes: forged(first, (copy) => copy.writeUInt8(0x7e, 68)), message: '63 headers' },
  ])('refuses $name', ({ bytes, message }) => {
    expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(message) }));
  });

  test('records that decompress to the limit are read, one byte more is refused', () => {
    const bytes = encodeRecordBatch([record('x'.repeat(5000))], { compression: 'gzip' });
    const size = 5000 + 9; // attributes, deltas, lengths and counts around the value
    expect(readAll(bytes, size)).toHaveLength(1);
    expect(() => readAll(bytes, size - 1)).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(`(allowed: ${size - 1} bytes)`) }));
  });
});
