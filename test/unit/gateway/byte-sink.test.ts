import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ByteSink } from '../../../src/gateway/bytes/byte-sink.ts';
import type { Lease } from '../../../src/gateway/bytes/read-buffers.ts';

/** A peer that takes nothing until `take` is called, and everything from then on. */
function peer() {
  const writes: Buffer[] = [];
  const waiting: (() => void)[] = [];
  let isTaking = false;
  let calls = 0;
  const taken = (buffers: Buffer[], done: () => void): void => {
    calls++;
    writes.push(...buffers);
    if (isTaking) done();
    else waiting.push(done);
  };
  const socket = new Writable({
    write: (bytes: Buffer, _encoding, done) => taken([bytes], done),
    writev: (pieces, done) => taken(pieces.map(({ chunk }) => chunk as Buffer), done),
  });
  const take = (): void => {
    isTaking = true;
    for (const done of waiting.splice(0)) done();
  };
  return { sink: new ByteSink(socket as Socket), socket, writes, calls: () => calls, take };
}

function countedLease() {
  const counts = { held: 0, released: 0 };
  const lease: Lease = { retain: () => counts.held++, release: () => counts.released++ };
  return { counts, lease };
}

describe('pieces that are written', () => {
  test('small ones leave in one write, and only when they are flushed', () => {
    const { sink, writes } = peer();
    const pieces = [4, 90, 1024, 2].map((size) => randomBytes(size));
    for (const piece of pieces) expect(sink.write(piece)).toBeUndefined();
    expect(writes).toEqual([]);
    sink.flush();
    expect(writes).toEqual([Buffer.concat(pieces)]);
  });

  test('large ones leave as they are, in their order among small ones', async () => {
    const { sink, writes, take } = peer();
    take();
    const [head, records, tail] = [randomBytes(40), randomBytes(500_000), randomBytes(3)];
    void sink.write(head);
    await sink.write(records);
    void sink.write(tail);
    sink.flush();
    expect(Buffer.concat(writes).equals(Buffer.concat([head, records, tail]))).toBe(true);
    expect(writes.includes(records)).toBe(true);
  });

  test('the memory of small ones is given back once they are copied, that of large ones once the peer took them', async () => {
    const { sink, take } = peer();
    const small = countedLease();
    const large = countedLease();
    void sink.write(randomBytes(10), small.lease);
    void sink.write(randomBytes(10), small.lease);
    void sink.write(randomBytes(10_000), large.lease);
    sink.flush();
    expect(small.counts).toEqual({ held: 2, released: 2 });
    expect(large.counts).toEqual({ held: 1, released: 0 });
    take();
    await expect.poll(() => large.counts.released).toBe(1);
  });

  test('what lies side by side in memory leaves as one piece and uncopied, and its memory is held once', async () => {
    const { sink, writes, take } = peer();
    const { counts, lease } = countedLease();
    const read = randomBytes(40_000);
    for (const [start, end] of [[100, 160], [160, 20_000], [20_000, 20_001], [20_001, 39_000]] as const) void sink.write(read.subarray(start, end), lease);
    sink.flush();
    expect(writes).toHaveLength(1);
    expect(writes[0]).toEqual(read.subarray(100, 39_000));
    expect(writes[0]?.buffer).toBe(read.buffer);
    expect(counts).toEqual({ held: 1, released: 0 });
    take();
    await expect.poll(() => counts.released).toBe(1);
  });

  test('neighbours that are given back at different times stay apart, and so does what has a gap between', () => {
    const { sink, writes, take } = peer();
    take();
    const read = randomBytes(60_000);
    const [one, other] = [countedLease(), countedLease()];
    void sink.write(read.subarray(0, 10_000), one.lease);
    void sink.write(read.subarray(10_000, 20_000), other.lease);
    void sink.write(read.subarray(20_001, 30_000), other.lease);
    void sink.write(read.subarray(30_000, 40_000));
    sink.flush();
    expect(writes.map(({ length }) => length)).toEqual([10_000, 10_000, 9999, 10_000]);
    expect(Buffer.concat(writes).equals(Buffer.concat([read.subarray(0, 20_000), read.subarray(20_001, 40_000)]))).toBe(true);
  });

  test('a peer that takes nothing is waited for, also when all pieces are small', async () => {
    const { sink, take } = peer();
    let wait: void | Promise<void> = undefined;
    let written = 0;
    for (; wait === undefined && written < 2 << 20; written += 100) wait = sink.write(randomBytes(100));
    expect(written).toBeLessThan(1 << 20);
    take();
    await wait;
  });

  test('large ones that a fast peer takes leave together, and are not waited for', () => {
    const { sink, writes, calls, take } = peer();
    take();
    const pieces = [8, 60_000, 8, 60_000, 8, 60_000].map((size) => randomBytes(size));
    for (const piece of pieces) expect(sink.write(piece)).toBeUndefined();
    sink.flush();
    expect(calls()).toBe(1);
    expect(Buffer.concat(writes).equals(Buffer.concat(pieces))).toBe(true);
  });

  test('a peer that has not taken what was flushed is waited for at the next piece, however small', async () => {
    const { sink, take } = peer();
    expect(sink.write(randomBytes(100_000))).toBeUndefined();
    sink.flush();
    const wait = sink.write(randomBytes(10));
    expect(wait).toBeInstanceOf(Promise);
    take();
    await wait;
    expect(sink.write(randomBytes(10))).toBeUndefined();
  });

  test('what waits for a flush is bounded', async () => {
    const { sink, take } = peer();
    let wait: void | Promise<void> = undefined;
    let written = 0;
    for (; wait === undefined && written < 4 << 20; written += 60_000) wait = sink.write(randomBytes(60_000));
    expect(written).toBeLessThan(1 << 20);
    take();
    await wait;
  });

  test.each([1, 2])('nothing is written to a socket that has ended (%i pieces)', (pieces) => {
    const { sink, socket, writes } = peer();
    const { counts, lease } = countedLease();
    for (let piece = 0; piece < pieces; piece++) void sink.write(randomBytes(10), lease);
    socket.end();
    sink.flush();
    expect(writes).toEqual([]);
    expect(counts.released).toBe(pieces);
  });
});
