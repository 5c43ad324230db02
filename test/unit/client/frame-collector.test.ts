import { expect, test } from 'vitest';
import { FrameCollector } from '../../../src/client/frame-collector.ts';

function frame(text: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(text.length);
  return Buffer.concat([size, Buffer.from(text)]);
}

test('every way to cut a stream gives the same frames', () => {
  const stream = Buffer.concat([frame('abc'), frame(''), frame('de'), frame('x'.repeat(20))]);
  for (let chunkBytes = 1; chunkBytes <= stream.length; chunkBytes++) {
    const collector = new FrameCollector(20);
    const frames: string[] = [];
    for (let at = 0; at < stream.length; at += chunkBytes) frames.push(...collector.push(stream.subarray(at, at + chunkBytes)).map(String));
    expect(frames, `chunks of ${chunkBytes}`).toEqual(['abc', '', 'de', 'x'.repeat(20)]);
  }
});

test('a frame at the limit passes, one byte more is refused by its size alone', () => {
  expect(new FrameCollector(5).push(frame('abcde'))).toHaveLength(1);
  expect(() => new FrameCollector(5).push(Buffer.from([0, 0, 0, 6]))).toThrow('frame of 6 bytes (allowed: 0 to 5)');
});
