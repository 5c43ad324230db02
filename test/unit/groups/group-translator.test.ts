import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GroupTranslator, type GroupPosition } from '../../../src/groups/group-translator.ts';
import { groupKey, type GroupOffset } from '../../../src/ports/kafka-cluster.ts';
import type { OffsetSync, Replicator } from '../../../src/ports/replicator.ts';
import { bothClusters, logCluster } from '../../support/log-cluster.ts';
import { mirroredLogs, type MirroredLogs } from '../../support/mirrored-logs.ts';

const PARTITION = { topic: 'orders', partition: 0 };
const KEY = 'orders-0';
const LIMITS = { mostRecords: 100_000, isLate: () => false };

function replicator(notes: readonly OffsetSync[]): Replicator {
  return { link: 'main->failover', syncs: () => Promise.resolve(new Map([[KEY, notes]])), positions: () => Promise.reject(new Error('not asked for')), health: () => Promise.reject(new Error('not asked for')), fence: () => Promise.reject(new Error('not asked for')) };
}

function committedAt(offset: bigint, group = `at ${offset}`): GroupOffset {
  return { ...PARTITION, group, offset, metadata: '' };
}

/** Records 0 to `count`, with a marker behind each of their copies. */
function doubled(count: number) {
  const hashes = Array.from({ length: count }, (_, index) => `record ${index}`);
  const main = logCluster('main', hashes.map((hash, index) => ({ hash, offset: BigInt(index) })), KEY, { start: 0n, end: BigInt(count) });
  const failover = logCluster('failover', hashes.map((hash, index) => ({ hash, offset: BigInt(index * 2) })), KEY, { start: 0n, end: BigInt(count * 2) });
  return { main, failover };
}

async function translateOne(committed: bigint, { main, failover }: ReturnType<typeof doubled>, notes: readonly OffsetSync[] = [], onTarget?: bigint): Promise<GroupPosition> {
  const one = committedAt(committed);
  const [found] = await new GroupTranslator(main.cluster, failover.cluster, replicator(notes)).translate([one], new Map(onTarget === undefined ? [] : [[groupKey(one), onTarget]]), LIMITS);
  return found as GroupPosition;
}

describe('a group far from the end', () => {
  test('is exact without any note, by reading what lies behind it', async () => {
    expect(await translateOne(1000n, doubled(20_000))).toMatchObject({ basis: 'exact', resumesAt: 2000n, rereads: 0 });
  });

  test('is exact with notes, by reading between two of them only', async () => {
    const logs = doubled(20_000);
    const notes = Array.from({ length: 200 }, (_, index) => ({ source: BigInt(index * 100), target: BigInt(index * 200) }));
    expect(await translateOne(1050n, logs, notes)).toMatchObject({ basis: 'exact', resumesAt: 2100n });
    expect(logs.main.given).toBeLessThan(300);
    expect(logs.failover.given).toBeLessThan(300);
  });

  test('is not led astray by notes of a topic that once had the name', async () => {
    const notes = [{ source: 900n, target: 2500n }, { source: 1100n, target: 2700n }];
    expect(await translateOne(1050n, doubled(3000), notes)).toMatchObject({ basis: 'exact', resumesAt: 2100n });
  });
});

describe('where too much would have to be read', () => {
  const far = doubled(101_000);
  test('what the replicator has written is left', async () => {
    expect(await translateOne(10n, far, [], 4n)).toMatchObject({ basis: 'conservative', resumesAt: undefined, rereads: undefined, why: expect.stringContaining('more than 100000 records') as string });
  });
  test('a position beyond the end is not of this topic: it begins at the last note before it', async () => {
    expect(await translateOne(400n, far, [{ source: 50n, target: 100n }], 1_000_000n)).toMatchObject({ basis: 'conservative', resumesAt: 100n });
  });
  test('a group that the replicator never wrote begins at the beginning', async () => {
    expect(await translateOne(400n, far)).toMatchObject({ basis: 'conservative', resumesAt: 0n });
  });
});

test('a group that has read what is not replicated yet: said, and how much', async () => {
  const { main } = doubled(10);
  const { failover } = doubled(7);
  expect(await translateOne(9n, { main, failover })).toMatchObject({ basis: 'conservative', resumesAt: 14n, rereads: 2, why: '2 records that it has read are not on failover yet' });
});

test('a partition that is not on the target: nothing is written, and it is said', async () => {
  const { main, failover } = doubled(3);
  const empty = { ...failover, cluster: { ...failover.cluster, startOffsets: () => Promise.resolve(new Map()), endOffsets: () => Promise.resolve(new Map()) } };
  expect(await translateOne(1n, { main, failover: empty })).toMatchObject({ basis: 'impossible', resumesAt: undefined });
});

test('a second look at the same position reads nothing', async () => {
  const logs = doubled(1000);
  const translator = new GroupTranslator(logs.main.cluster, logs.failover.cluster, replicator([]));
  await translator.translate([committedAt(1000n), committedAt(400n)], new Map(), LIMITS);
  const before = logs.main.given + logs.failover.given;
  expect(await translator.translate([committedAt(1000n), committedAt(400n)], new Map(), LIMITS)).toMatchObject([{ resumesAt: 2000n }, { resumesAt: 800n }]);
  expect(logs.main.given + logs.failover.given).toBe(before);
});

test('with no time left nothing is read, and what stands on the target is left', async () => {
  const logs = doubled(1000);
  const one = committedAt(400n);
  const found = await new GroupTranslator(logs.main.cluster, logs.failover.cluster, replicator([])).translate([one], new Map([[groupKey(one), 700n]]), { ...LIMITS, isLate: () => true });
  expect(found).toMatchObject([{ basis: 'conservative', resumesAt: undefined, why: expect.stringContaining('no time') as string }]);
  expect(logs.main.given).toBe(0);
});

test('where the logs have nothing in common, no more can be unread than the source has offsets from there on', async () => {
  const { main } = doubled(50_000);
  const failover = logCluster('failover', Array.from({ length: 50_000 }, (_, index) => ({ hash: `other ${index}`, offset: BigInt(index) })), KEY, { start: 0n, end: 50_000n });
  expect(await translateOne(49_000n, { main, failover })).toMatchObject({ basis: 'conservative', resumesAt: 49_000n });
  expect(main.given).toBeLessThan(5000);
});

describe('for every source, replicator, committed offset and set of notes', () => {
  const notesOf = ({ truth }: MirroredLogs, every: number): OffsetSync[] => truth.filter((_, index) => index % every === 0);

  test.each([
    { name: 'notes that hold', isStale: false, withTwins: true },
    { name: 'notes that do not hold', isStale: true, withTwins: false },
  ])('nothing is skipped, and what is called exact is exact: $name', { timeout: 60_000 }, async ({ isStale, withTwins }) => {
    await fc.assert(
      fc.asyncProperty(mirroredLogs({ withTwins, withRemovals: true, mostRecords: 200 }), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9 }), async (logs, every, shift) => {
        const { main, failover } = bothClusters(logs, KEY);
        const notes = notesOf(logs, every).map(({ source, target }) => (isStale ? { source, target: target + BigInt(shift) } : { source, target }));
        // Together they share what was read; alone each one finds its own place.
        const alone = logs.committed.filter((offset) => Number(offset) % 11 === shift);
        const positions: GroupPosition[] = [];
        for (const those of [logs.committed, ...alone.map((offset) => [offset])]) positions.push(...(await new GroupTranslator(main.cluster, failover.cluster, replicator(notes)).translate(those.map((offset) => committedAt(offset)), new Map(), LIMITS)));
        for (const { offset: committed, resumesAt, basis, why } of positions) {
          if (resumesAt === undefined) throw new Error(`${committed}: ${why}`);
          expect(logs.truth.filter(({ source, target }) => source >= committed && target < resumesAt)).toEqual([]);
          if (basis === 'exact' && !withTwins) expect(logs.truth.filter(({ source, target }) => source < committed && target >= resumesAt)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
