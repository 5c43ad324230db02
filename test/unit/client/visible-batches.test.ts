import { describe, expect, test } from 'vitest';
import { visibleBatches } from '../../../src/client/visible-batches.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';

const data = (producerId: bigint, offset: bigint, isTransactional = true) =>
  encodeRecordBatch([{ key: null, value: Buffer.from(`${producerId}@${offset}`), timestamp: 0n }], { producerId, producerEpoch: 0, baseSequence: 0, isTransactional, baseOffset: offset });

const marker = (producerId: bigint, offset: bigint, type: 'abort' | 'commit') =>
  encodeRecordBatch([{ key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]), value: Buffer.alloc(6), timestamp: 0n }], { producerId, producerEpoch: 0, isTransactional: true, isControl: true, baseOffset: offset });

function seen(batches: Buffer[], aborted: { producerId: bigint; firstOffset: bigint }[], isolation: 'read_committed' | 'read_uncommitted' = 'read_committed'): string[] {
  return [...visibleBatches(Buffer.concat(batches), aborted, isolation)].filter(({ isVisible }) => isVisible).flatMap(({ batch }) => [...batch.records()].map(({ value }) => String(value)));
}

describe('with read_committed', () => {
  test.each<{ name: string; batches: Buffer[]; aborted: { producerId: bigint; firstOffset: bigint }[]; visible: string[] }>([
    { name: 'a committed transaction is seen', batches: [data(1n, 0n), marker(1n, 1n, 'commit')], aborted: [], visible: ['1@0'] },
    { name: 'an aborted one is not', batches: [data(1n, 0n), marker(1n, 1n, 'abort')], aborted: [{ producerId: 1n, firstOffset: 0n }], visible: [] },
    { name: 'only the aborted ones of two producers that interleave', batches: [data(1n, 0n), data(2n, 1n), data(1n, 2n), marker(1n, 3n, 'abort'), data(2n, 4n), marker(2n, 5n, 'commit')], aborted: [{ producerId: 1n, firstOffset: 0n }], visible: ['2@1', '2@4'] },
    { name: 'a commit after an abort of the same producer is seen', batches: [data(1n, 0n), marker(1n, 1n, 'abort'), data(1n, 2n), marker(1n, 3n, 'commit')], aborted: [{ producerId: 1n, firstOffset: 0n }], visible: ['1@2'] },
    { name: 'a commit before an abort of the same producer is seen', batches: [data(1n, 0n), marker(1n, 1n, 'commit'), data(1n, 2n), marker(1n, 3n, 'abort')], aborted: [{ producerId: 1n, firstOffset: 2n }], visible: ['1@0'] },
    { name: 'two aborts of one producer, told in any order', batches: [data(1n, 0n), marker(1n, 1n, 'abort'), data(1n, 2n), marker(1n, 3n, 'abort')], aborted: [{ producerId: 1n, firstOffset: 2n }, { producerId: 1n, firstOffset: 0n }], visible: [] },
    { name: 'an abort that began before what was fetched', batches: [data(1n, 10n), marker(1n, 11n, 'abort')], aborted: [{ producerId: 1n, firstOffset: 3n }], visible: [] },
    { name: 'an abort whose marker was not fetched', batches: [data(1n, 0n)], aborted: [{ producerId: 1n, firstOffset: 0n }], visible: [] },
    { name: 'plain records of a producer that also aborted', batches: [data(1n, 0n), data(1n, 1n, false), marker(1n, 2n, 'abort')], aborted: [{ producerId: 1n, firstOffset: 0n }], visible: ['1@1'] },
  ])('$name', ({ batches, aborted, visible }) => expect(seen(batches, aborted)).toEqual(visible));
});

test('with read_uncommitted everything but markers is seen', () => {
  expect(seen([data(1n, 0n), marker(1n, 1n, 'abort'), data(1n, 2n)], [{ producerId: 1n, firstOffset: 0n }], 'read_uncommitted')).toEqual(['1@0', '1@2']);
});
