import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../../src/gateway/bytes/byte-source.ts';
import { encodeVarint, FrameReader, MAX_REQUEST_ELEMENTS } from '../../../src/gateway/bytes/frame-reader.ts';

const MAX_STRING_BYTES = 0x7fff;
const MAX_TAG_BYTES = 1 << 16;

function reader(bytes: Buffer): FrameReader {
  return new FrameReader(bytesOf(bytes), bytes.length, true, 'Produce');
}

function string(length: number): Buffer {
  return Buffer.concat([encodeVarint(length + 1), Buffer.alloc(length, 'x')]);
}

/** One tagged field; its own head is counted, too. */
function tags(length: number): Buffer {
  const head = Buffer.concat([encodeVarint(5), encodeVarint(length)]);
  return Buffer.concat([encodeVarint(1), head, Buffer.alloc(length - head.length), Buffer.alloc(head.length)]);
}

test.each([
  { bytes: [0xff, 0xff, 0xff, 0xff, 0x0f], value: 2 ** 32 - 1 },
  { bytes: [0x80, 0x80, 0x80, 0x80, 0x10], value: undefined },
  { bytes: [0x80, 0x80, 0x80, 0x80, 0x80, 0], value: undefined },
])('a varint of $bytes has 32 bits at most', async ({ bytes, value }) => {
  const read = async () => await reader(Buffer.from(bytes)).varint('topics');
  if (value === undefined) await expect(read).rejects.toThrow('Produce: topics is a varint of more than 32 bits');
  else expect((await read()).value).toBe(value);
});

describe('what a peer may have kept for it while a frame is read', () => {
  test('a string of the longest length, and of one more', async () => {
    expect(await reader(string(MAX_STRING_BYTES)).string('topic')).toHaveLength(MAX_STRING_BYTES);
    await expect(async () => await reader(string(MAX_STRING_BYTES + 1)).string('topic')).rejects.toThrow('Produce: topic of 32768 bytes (allowed: 32767)');
  });

  test('tagged fields of the largest size, and of one byte more', async () => {
    const headBytes = 4;
    expect(await reader(tags(MAX_TAG_BYTES - headBytes)).tags()).toHaveLength(MAX_TAG_BYTES + 1);
    await expect(async () => await reader(tags(MAX_TAG_BYTES - headBytes + 1)).tags()).rejects.toThrow('Produce: tagged fields of 65537 bytes or more (allowed: 65536)');
  });

  test('a list of the most elements, and of one more', async () => {
    expect((await reader(encodeVarint(MAX_REQUEST_ELEMENTS + 1)).count('topics')).value).toBe(MAX_REQUEST_ELEMENTS);
    await expect(async () => await reader(encodeVarint(MAX_REQUEST_ELEMENTS + 2)).count('topics')).rejects.toThrow('Produce: 250001 topics (allowed: 250000)');
    const many = reader(Buffer.concat([encodeVarint(MAX_REQUEST_ELEMENTS), encodeVarint(3)]));
    await many.count('topics');
    await expect(async () => await many.count('partitions')).rejects.toThrow('Produce: 250001 partitions (allowed: 250000)');
  });

  test('many empty tagged fields are refused before they take up memory', async () => {
    const count = 4_000_000;
    await expect(async () => await reader(Buffer.concat([encodeVarint(count), Buffer.alloc(2 * count)])).tags()).rejects.toThrow(/tagged fields of 65538 bytes/);
  });
});
