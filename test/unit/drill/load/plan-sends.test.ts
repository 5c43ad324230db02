import { expect, test } from 'vitest';
import { planSends } from '../../../../src/drill/load/plan-sends.ts';

const plan = () => planSends({ load: 'orders', producer: 'p1', partitions: 3, intervalMs: 10, startMs: 100 });

test('a record falls due every interval, on the partitions in turn, with a value of its own', () => {
  expect(plan().takeDue(120)).toEqual([
    { sequence: 0, partition: 0, value: 'orders/p1/0', dueAtMs: 100 },
    { sequence: 1, partition: 1, value: 'orders/p1/1', dueAtMs: 110 },
    { sequence: 2, partition: 2, value: 'orders/p1/2', dueAtMs: 120 },
  ]);
});

test('nothing is due before its time, and nothing twice', () => {
  const sends = plan();
  expect(sends.takeDue(99)).toEqual([]);
  expect(sends.takeDue(105)).toHaveLength(1);
  expect(sends.takeDue(109)).toEqual([]);
  expect(sends.nextDueMs()).toBe(110);
});

test('what fell due during a pause keeps the time it was due, at most 500 at once', () => {
  const sends = plan();
  const first = sends.takeDue(100 + 10 * 1000);
  expect([first.length, first.at(-1)?.dueAtMs]).toEqual([500, 100 + 499 * 10]);
  expect(sends.takeDue(100 + 10 * 1000)[0]).toMatchObject({ sequence: 500, dueAtMs: 5100 });
});
