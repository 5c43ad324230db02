import { expect, test } from 'vitest';
import { judgeMemory } from '../../soak/memory.ts';
import { planDisturbances } from '../../soak/timeline.ts';

const sampled = (...totals: readonly number[]) => totals.map((total, index) => ({ atMs: index * 10, mib: [total / 2, total / 2] }));

test.each([
  { name: 'stays', samples: sampled(50, 90, 100, 100, 100, 101), isFlat: true },
  { name: 'grows while the clients come, and not after', samples: sampled(10, 60, 100, 105, 108, 109), isFlat: true },
  { name: 'grows on', samples: sampled(50, 60, 100, 110, 122, 135), isFlat: false },
  { name: 'was never measured', samples: [], isFlat: false },
])('memory that $name: flat is $isFlat', ({ samples, isFlat }) => {
  expect(judgeMemory(samples, 60).isFlat).toBe(isFlat);
});

test('a soak of two minutes has pauses every 30 s, both kills in its first third, and one switch near the end', () => {
  expect(planDisturbances(120_000)).toEqual([
    { atMs: 12_000, what: 'kill-worker' }, { atMs: 24_000, what: 'kill-broker' }, { atMs: 30_000, what: 'pause' }, { atMs: 60_000, what: 'pause' },
    { atMs: 90_000, what: 'pause' }, { atMs: 102_000, what: 'switch' },
  ]);
});
