import lz4 from 'lz4js';
import snappy from 'snappyjs';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress, type Compression } from '../../../src/wire/compression.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const LIMIT = 1 << 20;
const text = Buffer.from('gateway '.repeat(2000));

/** Xerial's framing: header, then blocks with their lengths. */
function xerial(...blocks: Buffer[]): Buffer {
  const parts = blocks.flatMap((block) => {
    const compressed = snappy.compress(block);
    const length = Buffer.alloc(4);
    length.writeInt32BE(compressed.length);
    return [length, compressed];
  });
  return Buffer.concat([hex('82534e41505059 00 00000001 00000001'), ...parts]);
}

/** A zstd frame with one block of `count` equal bytes, which is all that fits in 14 bytes. */
function zstdRun(count: number, windowCode = 0x58): Buffer {
  const block = (count << 3) | (1 << 1) | 1;
  return Buffer.concat([hex('28b52ffd 00'), Buffer.from([windowCode, block & 0xff, (block >> 8) & 0xff, block >> 16, 0x61])]);
}

/** An lz4 frame of blocks of at most 64 KiB that are stored as they are. */
function lz4Stored(...blocks: Buffer[]): Buffer {
  const parts = blocks.flatMap((block) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE((block.length | 0x80000000) >>> 0);
    return [size, block];
  });
  return Buffer.concat([hex('04224d18 60 40 82'), ...parts, Buffer.alloc(4)]);
}

test.each<{ name: string; compression: Compression; bytes: Buffer; result: Buffer }>([
  { name: 'gzip', compression: 'gzip', bytes: gzipSync(text), result: text },
  { name: 'snappy, bare', compression: 'snappy', bytes: snappy.compress(text), result: text },
  { name: 'snappy, in xerial blocks', compression: 'snappy', bytes: xerial(text, text.subarray(0, 100)), result: Buffer.concat([text, text.subarray(0, 100)]) },
  { name: 'snappy, literal of a 4-byte length', compression: 'snappy', bytes: hex('03 fc 02000000 616263'), result: Buffer.from('abc') },
  { name: 'lz4', compression: 'lz4', bytes: Buffer.from(lz4.compress(text)), result: text },
  { name: 'lz4, stored blocks', compression: 'lz4', bytes: lz4Stored(text.subarray(0, 10), text.subarray(10, 20)), result: text.subarray(0, 20) },
  { name: 'zstd, a run', compression: 'zstd', bytes: zstdRun(300), result: Buffer.alloc(300, 'a') },
  { name: 'zstd, two frames and one to skip', compression: 'zstd', bytes: Buffer.concat([zstdRun(3), hex('502a4d18 02000000 ffff'), zstdRun(4)]), result: Buffer.alloc(7, 'a') },
  { name: 'nothing', compression: 'none', bytes: text, result: text },
])('$name', ({ compression, bytes, result }) => {
  expect(decompress(compression, bytes, LIMIT).equals(result)).toBe(true);
});

describe('the limit', () => {
  test.each<{ name: string; compression: Compression; bytes: Buffer; size: number }>([
    { name: 'gzip', compression: 'gzip', bytes: gzipSync(text), size: text.length },
    { name: 'snappy', compression: 'snappy', bytes: snappy.compress(text), size: text.length },
    { name: 'snappy in blocks, together', compression: 'snappy', bytes: xerial(text, text), size: 2 * text.length },
    { name: 'lz4', compression: 'lz4', bytes: Buffer.from(lz4.compress(text)), size: text.length },
    { name: 'lz4, stored', compression: 'lz4', bytes: lz4Stored(text), size: text.length },
    { name: 'zstd', compression: 'zstd', bytes: zstdRun(100_000), size: 100_000 },
    { name: 'zstd in frames, together', compression: 'zstd', bytes: Buffer.concat([zstdRun(100_000), zstdRun(9)]), size: 100_009 },
  ])('$name: a result of that size passes, one above it does not', ({ compression, bytes, size }) => {
    expect(decompress(compression, bytes, size)).toHaveLength(size);
    expect(() => decompress(compression, bytes, size - 1)).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });

  test('a zstd window above it is refused before it is made, in the second frame as well', () => {
    const message = /zstd: window of 2147483648 bytes \(allowed: 8388608\)/;
    expect(() => decompress('zstd', zstdRun(1, 0xa8), LIMIT)).toThrow(message);
    expect(() => decompress('zstd', Buffer.concat([zstdRun(1, 0x50), zstdRun(1, 0xa8)]), LIMIT)).toThrow(message);
  });

  test('a snappy length above it is refused before memory is made', () => {
    expect(() => decompress('snappy', hex('ffffffff07 00 61'), LIMIT)).toThrow('snappy: The uncompressed length of 2147483647 is too big');
  });
});

describe('hostile bytes', () => {
  test.each<{ name: string; compression: Compression; bytes: Buffer }>([
    { name: 'a snappy literal that makes snappyjs step backwards for ever', compression: 'snappy', bytes: hex('0a fc faffffff 61') },
    { name: 'a snappy block that is cut', compression: 'snappy', bytes: xerial(text).subarray(0, -1) },
    { name: 'a negative snappy block', compression: 'snappy', bytes: hex('82534e41505059 00 00000001 00000001 ffffffff') },
    { name: 'lz4 without magic', compression: 'lz4', bytes: hex('00000000000000') },
    { name: 'lz4 without an end', compression: 'lz4', bytes: Buffer.from(lz4.compress(text)).subarray(0, -4) },
    { name: 'zstd without an end', compression: 'zstd', bytes: zstdRun(3).subarray(0, -1) },
    { name: 'a reserved zstd block', compression: 'zstd', bytes: hex('28b52ffd 00 58 070000') },
    { name: 'gzip that is none', compression: 'gzip', bytes: text },
  ])('$name', ({ compression, bytes }) => {
    expect(() => decompress(compression, bytes, LIMIT)).toThrow(expect.objectContaining({ code: 'PROTOCOL' }));
  });

  test.each<Compression>(['gzip', 'snappy', 'lz4', 'zstd'])('%s: changed bytes give bytes or PROTOCOL, and end', (compression) => {
    const good = { gzip: gzipSync(text), snappy: snappy.compress(text), lz4: Buffer.from(lz4.compress(text)), zstd: zstdRun(5000), none: text }[compression];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          expect(decompress(compression, bytes, LIMIT).length).toBeLessThanOrEqual(LIMIT);
        } catch (reason) {
          expect(reason).toMatchObject({ code: 'PROTOCOL' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
