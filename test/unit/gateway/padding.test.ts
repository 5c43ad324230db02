import { expect, test } from 'vitest';
import { LEAST_PADDING, padTags } from '../../../src/gateway/splice/padding.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { fetchResponse, type FetchResponse } from '../../../src/wire/generated/fetch.ts';
import { newMessage } from '../../../src/wire/new-message.ts';

const EMPTY = encodeMessage(fetchResponse, 17, newMessage(fetchResponse, {}));

function padded(tags: Buffer, bytes: number): Buffer {
  return Buffer.concat([...padTags(tags, bytes)]);
}

test('every number of bytes from the least on can be reached, and readers skip them', () => {
  for (const bytes of [...Array.from({ length: 400 }, (_, index) => index + LEAST_PADDING), 16_380, 16_384, 16_386, 16_387, 16_388, 16_389, 200_000]) {
    const tags = padded(Buffer.from([0]), bytes);
    expect(tags.length).toBe(1 + bytes);
    const { unknownTags, ...message } = decodeMessage(fetchResponse, 17, Buffer.concat([EMPTY.subarray(0, -1), tags]));
    expect(message).toEqual(decodeMessage(fetchResponse, 17, EMPTY));
    expect(unknownTags).toHaveLength(1);
  }
});

test('tags that are there stay in front', () => {
  const tags = Buffer.from([1, 5, 2, 7, 8]);
  const bytes = padded(tags, 10);
  expect(bytes.subarray(0, 5).equals(Buffer.from([2, 5, 2, 7, 8]))).toBe(true);
  expect(bytes).toHaveLength(15);
});

test.each([{ tags: [9000] }, { tags: [5, 119, 121] }, { tags: [120] }, { tags: [120, 12_000] }])('beside $tags the tags still ascend', ({ tags }) => {
  const unknownTags = tags.map((tag) => ({ tag, bytes: Buffer.from('x') }));
  const whole = encodeMessage(fetchResponse, 17, { ...newMessage<FetchResponse>(fetchResponse, {}), unknownTags });
  const bytes = padded(whole.subarray(EMPTY.length - 1), 30);
  const read = decodeMessage(fetchResponse, 17, Buffer.concat([EMPTY.subarray(0, -1), bytes])) as { unknownTags?: { tag: number }[] };
  expect(read.unknownTags).toEqual(expect.arrayContaining(unknownTags));
  expect(read.unknownTags).toHaveLength(tags.length + 1);
  expect(bytes).toHaveLength(whole.length - EMPTY.length + 1 + 30);
});

test('a count that gets longer is counted', () => {
  const tags = Buffer.concat([Buffer.from([127]), ...Array.from({ length: 127 }, (_, index) => Buffer.from([index, 0]))]);
  expect(padded(tags, 10)).toHaveLength(tags.length + 10);
});

test.each([0, 1])('%i bytes are not possible', (bytes) => {
  expect(() => padded(Buffer.from([0]), bytes)).toThrow(/bytes of padding \(allowed: 2 and more\)/);
});
