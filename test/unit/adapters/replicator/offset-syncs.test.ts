import { describe, expect, test } from 'vitest';
import { note, readSync } from '../../../../src/adapters/replicator/offset-syncs.ts';
import type { OffsetSync } from '../../../../src/ports/replicator.ts';

/** As MirrorMaker writes it: topic STRING, partition INT32. */
function keyOf(topic: string, partition: number): Buffer {
  const name = Buffer.from(topic);
  const key = Buffer.alloc(2 + name.length + 4);
  key.writeInt16BE(name.length);
  name.copy(key, 2);
  key.writeInt32BE(partition, 2 + name.length);
  return key;
}

function valueOf(source: bigint, target: bigint): Buffer {
  const value = Buffer.alloc(16);
  value.writeBigInt64BE(source);
  value.writeBigInt64BE(target, 8);
  return value;
}

test('a note of MirrorMaker is read', () => {
  expect(readSync({ key: keyOf('teamAgrüße', 3), value: valueOf(10n, 21n) })).toEqual({ key: 'teamAgrüße-3', sync: { source: 10n, target: 21n } });
});

test.each([
  { name: 'no key', key: null, value: valueOf(1n, 2n) },
  { name: 'a tombstone', key: keyOf('a', 0), value: null },
  { name: 'a key that is cut', key: keyOf('a', 0).subarray(0, 5), value: valueOf(1n, 2n) },
  { name: 'a key with more behind it', key: Buffer.concat([keyOf('a', 0), Buffer.from('x')]), value: valueOf(1n, 2n) },
  { name: 'a value that is cut', key: keyOf('a', 0), value: valueOf(1n, 2n).subarray(0, 15) },
  { name: 'a negative length', key: Buffer.from('ffff00000000', 'hex'), value: valueOf(1n, 2n) },
])('$name is none', ({ key, value }) => expect(readSync({ key, value })).toBeUndefined());

describe('notes that contradict each other: the later one holds', () => {
  test.each<{ name: string; notes: readonly (readonly [bigint, bigint])[]; kept: readonly (readonly [bigint, bigint])[] }>([
    { name: 'ascending', notes: [[1n, 2n], [5n, 9n]], kept: [[1n, 2n], [5n, 9n]] },
    { name: 'copied again after a crash', notes: [[1n, 2n], [5n, 9n], [4n, 12n]], kept: [[1n, 2n], [4n, 12n]] },
    { name: 'the source was made anew', notes: [[100n, 200n], [300n, 600n], [0n, 700n]], kept: [[0n, 700n]] },
    { name: 'the target was made anew', notes: [[100n, 200n], [300n, 600n], [400n, 0n]], kept: [[400n, 0n]] },
  ])('$name', ({ notes, kept }) => {
    const syncs = new Map<string, OffsetSync[]>();
    for (const [source, target] of notes) note(syncs, 'a-0', { source, target });
    expect(syncs.get('a-0')?.map(({ source, target }) => [source, target])).toEqual(kept);
  });
});
