import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../src/wire/byte-reader.ts';
import { ByteWriter } from '../../../src/wire/byte-writer.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('values', () => {
  test.each<{ name: string; bytes: string; read: (reader: ByteReader) => unknown; value: unknown }>([
    { name: 'int8', bytes: 'ff', read: (r) => r.readInt8(), value: -1 },
    { name: 'int16', bytes: '8000', read: (r) => r.readInt16(), value: -32768 },
    { name: 'uint16', bytes: '8000', read: (r) => r.readUint16(), value: 32768 },
    { name: 'int32', bytes: '7fffffff', read: (r) => r.readInt32(), value: 2147483647 },
    { name: 'uint32', bytes: 'ffffffff', read: (r) => r.readUint32(), value: 4294967295 },
    { name: 'int64', bytes: '8000000000000000', read: (r) => r.readInt64(), value: -(2n ** 63n) },
    { name: 'a uuid as Kafka prints it', bytes: '00000000000000010000000000000002', read: (r) => r.readUuid(), value: 'AAAAAAAAAAEAAAAAAAAAAg' },
    { name: 'the largest varint', bytes: 'ffffffff0f', read: (r) => r.readUnsignedVarint(), value: 4294967295 },
    { name: 'a varint longer than it must be', bytes: '8000', read: (r) => r.readUnsignedVarint(), value: 0 },
    { name: 'a negative varint', bytes: '01', read: (r) => r.readVarint(), value: -1 },
    { name: 'the smallest varlong', bytes: 'ffffffffffffffffff01', read: (r) => r.readVarlong(), value: -(2n ** 63n) },
    { name: 'a varlong of 49 bits', bytes: 'ffffffffffff7f', read: (r) => r.readVarlong(), value: -(2n ** 48n) },
    { name: 'a string', bytes: '0002 c3a9', read: (r) => r.readString(false), value: 'é' },
    { name: 'a compact string', bytes: '03 c3a9', read: (r) => r.readString(true), value: 'é' },
    { name: 'a null string', bytes: 'ffff', read: (r) => r.readString(false), value: null },
    { name: 'a compact null string', bytes: '00', read: (r) => r.readString(true), value: null },
    { name: 'null bytes', bytes: 'ffffffff', read: (r) => r.readBytes(false), value: null },
    { name: 'a count that just fits', bytes: '00000002 0000 0000', read: (r) => r.readCount(false, 2), value: 2 },
  ])('$name', ({ bytes, read, value }) => expect(read(new ByteReader(hex(bytes)))).toEqual(value));

  test('bytes are a view, not a copy', () => {
    const buffer = hex('00000001 aa');
    const bytes = new ByteReader(buffer).readBytes(false);
    buffer[4] = 0xbb;
    expect(bytes).toEqual(hex('bb'));
  });

  test('a string of 32767 bytes is read, one of 32768 is refused', () => {
    const read = (byteCount: number) => {
      const writer = new ByteWriter();
      writer.writeUnsignedVarint(byteCount + 1);
      writer.writeSlice(Buffer.alloc(byteCount, 'x'));
      return new ByteReader(writer.toBuffer()).readString(true);
    };
    expect(read(32767)).toHaveLength(32767);
    expect(() => read(32768)).toThrow('string of 32768 bytes at offset 0 (allowed: 32767)');
  });
});

describe('hostile bytes', () => {
  test.each<{ name: string; bytes: string; read: (reader: ByteReader) => unknown; message: string }>([
    { name: 'an integer that is cut off', bytes: '000000', read: (r) => r.readInt32(), message: '4 bytes needed at offset 0 (left: 3)' },
    { name: 'a varint of 33 bits', bytes: 'ffffffff1f', read: (r) => r.readUnsignedVarint(), message: 'varint of more than 32 bits at offset 0' },
    { name: 'a varint of six bytes', bytes: '808080808000', read: (r) => r.readUnsignedVarint(), message: 'varint of more than 32 bits at offset 0' },
    { name: 'a varint without an end', bytes: 'ffff', read: (r) => r.readUnsignedVarint(), message: '1 bytes needed at offset 2 (left: 0)' },
    { name: 'a varlong of 65 bits', bytes: 'ffffffffffffffffff02', read: (r) => r.readVarlong(), message: 'varlong of more than 64 bits at offset 0' },
    { name: 'a negative string length', bytes: 'fffe', read: (r) => r.readString(false), message: 'length -2 at offset 0 (allowed: -1 or more)' },
    { name: 'a negative byte length', bytes: '80000000', read: (r) => r.readBytes(false), message: 'length -2147483648 at offset 0' },
    { name: 'a string longer than what is left', bytes: '0003 6161', read: (r) => r.readString(false), message: '3 bytes needed at offset 2 (left: 2)' },
    { name: '2 GB of bytes that are not there', bytes: '7fffffff', read: (r) => r.readBytes(false), message: '2147483647 bytes needed at offset 4 (left: 0)' },
    { name: '4 GB of compact bytes that are not there', bytes: 'ffffffff0f', read: (r) => r.readBytes(true), message: '4294967294 bytes needed at offset 5 (left: 0)' },
    { name: 'a count one above what can fit', bytes: '00000003 0000 0000', read: (r) => r.readCount(false, 2), message: 'array of 3 elements at offset 0 needs 6 bytes or more (left: 4)' },
  ])('$name', ({ bytes, read, message }) => {
    expect(() => read(new ByteReader(hex(bytes)))).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining(message) }));
  });
});

describe('writer and reader agree', () => {
  test('on varints and varlongs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -(2n ** 50n), max: 2n ** 50n }), (unsigned, signed, long, medium) => {
        const writer = new ByteWriter(1);
        writer.writeUnsignedVarint(unsigned);
        writer.writeVarint(signed);
        writer.writeVarlong(long);
        writer.writeVarlong(medium);
        const reader = new ByteReader(writer.toBuffer());
        expect([reader.readUnsignedVarint(), reader.readVarint(), reader.readVarlong(), reader.readVarlong(), reader.remaining]).toEqual([unsigned, signed, long, medium, 0]);
      }),
    );
  });

  test('a writer that was reset starts anew, also after a large message', () => {
    const writer = new ByteWriter(4);
    writer.writeSlice(Buffer.alloc(3 << 20, 1));
    writer.reset();
    writer.writeInt16(7);
    expect(writer.toBuffer()).toEqual(hex('0007'));
  });

  test.each([0, 1, 127, 128, 300])('%i sized bytes have their length before them', (byteCount) => {
    const writer = new ByteWriter(1);
    writer.writeInt8(9);
    writer.writeSized(() => writer.writeSlice(Buffer.alloc(byteCount, 5)));
    const reader = new ByteReader(writer.toBuffer());
    expect([reader.readInt8(), reader.readUnsignedVarint(), reader.remaining]).toEqual([9, byteCount, byteCount]);
    expect(reader.readSlice(byteCount)).toEqual(Buffer.alloc(byteCount, 5));
  });
});
