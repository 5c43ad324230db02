import { expect, test } from 'vitest';
import { boundByCatchUp } from '../../../src/checks/bound-by-catch-up.ts';
import type { PartitionLag } from '../../../src/checks/observation.ts';
import { observeWorld, type World } from '../../../src/checks/observe-world.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { nodeState, partitionLag, TOPOLOGY, topic } from '../../support/observation.ts';

const OLD = { lagRecords: 3n, lastMissing: 12n, lagSeconds: 77.2 };

/** The link is at `positions[i]` of `teamAusers-0` at the i-th look, and stays at the last of them. */
async function bound(one: PartitionLag, positions: readonly bigint[]) {
  const clock = createFakeClock();
  let looks = 0;
  const replicator = { positions: async () => new Map([['teamAusers-0', positions[Math.min(looks++, positions.length - 1)] ?? 0n]]) };
  const { partitions } = await boundByCatchUp({ link: 'main->failover', partitions: [one] }, replicator, 0, clock);
  return { one: partitions[0], looks, elapsedMs: clock.elapsedMs() };
}

test('records that were old when they arrived are no lag: a link that brings them in half a second is half a second behind', async () => {
  const { one } = await bound(partitionLag('teamAusers', OLD), [9n, 10n, 11n, 11n, 12n]);
  expect(one).toMatchObject({ lagRecords: 3n, lagSeconds: 0.5 });
});

test('a link that does not bring them in three seconds is as far behind as their timestamps say', async () => {
  const { one, elapsedMs } = await bound(partitionLag('teamAusers', OLD), [11n]);
  expect(one?.lagSeconds).toBe(77.2);
  expect(elapsedMs).toBe(3000);
});

test.each([
  { link: 'that goes on', positions: [9n, 12n], seconds: 0.1 },
  { link: 'that stands still', positions: [9n], seconds: 3600 },
])('what gwctl sees of a link $link while a producer writes records that are an hour old: $seconds s', async ({ positions, seconds }) => {
  const clock = createFakeClock();
  let looks = 0;
  const replicator = { link: 'main->failover', positions: async () => new Map([['teamAusers-0', positions[Math.min(looks++, positions.length - 1)] ?? 0n]]) };
  const hourOld = [10n, 12n].map((offset) => ({ offset, timestamp: BigInt(clock.now().getTime() - 3_600_000), key: null, value: null }));
  const main = {
    describe: async () => ({ clusterId: 'x', controllerId: 1, brokers: [1], topics: [topic('teamAusers')] }),
    topicConfigs: async () => new Map(),
    endOffsets: async () => new Map([['teamAusers-0', 14n]]),
    readRecords: async () => hourOld,
  };
  const world = { topology: TOPOLOGY, operator: 'ann@host', gateways: [{ node: 'gateway1', state: async () => nodeState('gateway1') }], clusters: new Map([['main', main], ['failover', main]]), replicator: () => replicator };
  const { lag } = await observeWorld(world as unknown as World, 'failover', clock);
  // Offsets 11 and 13 are transaction markers: nobody replicates them.
  expect(lag).toMatchObject({ ok: true, value: { partitions: [{ lagRecords: 2n, lastMissing: 12n }] } });
  expect(lag?.ok === true ? lag.value.partitions[0]?.lagSeconds : undefined).toBeCloseTo(seconds, 3);
});

test('a short lag, and a partition that is not behind, cost no second look', async () => {
  expect((await bound(partitionLag('teamAusers', { lagRecords: 3n, lastMissing: 12n, lagSeconds: 4.9 }), [12n])).looks).toBe(0);
  expect((await bound(partitionLag('teamAusers'), [12n])).looks).toBe(0);
});
