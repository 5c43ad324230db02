import { expect, test } from 'vitest';
import type { ComparedPosition } from '../../../src/groups/compare-groups.ts';
import { measureDistances } from '../../../src/groups/measure-distance.ts';
import type { KafkaCluster } from '../../../src/ports/kafka-cluster.ts';

/** Records at every other offset, as with exactly-once; `firstOffset`: what is before it was removed. */
function clusterOf(firstOffset = 0n) {
  const reads: string[] = [];
  const target = {
    fingerprints: async ({ topic, partition }: { topic: string; partition: number }, from: bigint, until: bigint, limit: number) => {
      reads.push(`${topic}-${partition} ${from} ${until}`);
      if (from < firstOffset) throw new Error('out of range');
      const found: { offset: bigint; hash: string }[] = [];
      for (let offset = from + (from % 2n); offset < until && found.length < limit; offset += 2n) found.push({ offset, hash: 'x' });
      return found;
    },
  } as unknown as KafkaCluster;
  return { target, reads };
}

const position = (group: string, partition: number, onTarget: bigint | undefined, resumesAt: bigint | undefined): ComparedPosition => ({ group, topic: 'orders', partition, offset: 0n, metadata: '', basis: 'exact', rereads: 0, why: '', onTarget, resumesAt });

test('what many groups would read again, or skip, is counted with one read of each partition', async () => {
  const { target, reads } = clusterOf();
  const positions = [position('a', 0, 10n, 20n), position('b', 0, 20n, 20n), position('c', 0, 30n, 16n), position('d', 0, undefined, 5n), position('e', 0, 5n, undefined), position('a', 1, 0n, 4n), position('b', 0, 19n, 20n)];
  expect((await measureDistances(target, positions)).map(({ standing }) => standing)).toEqual([
    { kind: 'rereads', records: 5, isMore: false }, { kind: 'fits' }, { kind: 'skips', records: 7, isMore: false }, { kind: 'none' }, { kind: 'unknown' }, { kind: 'rereads', records: 2, isMore: false }, { kind: 'fits' },
  ]);
  expect(reads.toSorted()).toEqual(['orders-0 10 30', 'orders-1 0 4']);
});

test.each([
  { name: 'lie too far apart to be read together', target: clusterOf(), from: 0n, until: 10n, standing: { kind: 'rereads', records: 5, isMore: false } },
  { name: 'are partly removed there', target: clusterOf(50n), from: 10n, until: 20n, standing: { kind: 'unknown' } },
])('groups that $name are counted one by one', async ({ target: { target }, from, until, standing }) => {
  const [lost, near] = await measureDistances(target, [position('a', 0, from, until), position('b', 0, 40_000n, 40_010n)]);
  expect(near?.standing).toEqual({ kind: 'rereads', records: 5, isMore: false });
  expect(lost?.standing).toEqual(standing);
});
