import { expect, test } from 'vitest';
import { hasReturned, newProducerId, otherProducerId } from '../../../src/gateway/producers/producer-id.ts';

/** main until 3, failover until 5, main until 9000, failover since 9001. */
test.each([
  { name: 'begins on a cluster that was never left', born: 1, generation: 1, left: 0, returned: false },
  { name: 'comes to a cluster that was never active', born: 1, generation: 4, left: 0, returned: false },
  { name: 'was there in the last generation before it was left', born: 3, generation: 6, left: 3, returned: true },
  { name: 'was there long before', born: 1, generation: 6, left: 3, returned: true },
  { name: 'began on the other cluster meanwhile', born: 4, generation: 6, left: 3, returned: false },
  { name: 'began there since', born: 6, generation: 8000, left: 3, returned: false },
  { name: 'was on failover before, beyond the numbers that an id has room for', born: 5, generation: 9001, left: 5, returned: false },
  { name: 'was on failover a moment ago, where the numbers begin anew', born: 8190, generation: 8195, left: 8191, returned: true },
  { name: 'began on main a moment ago, where the numbers begin anew', born: 8193, generation: 8195, left: 8191, returned: false },
])('a producer that $name: returned $returned', ({ born, generation, left, returned }) => {
  expect(hasReturned(newProducerId(born), { generation, left })).toBe(returned);
});

test('control: ids that a cluster has handed out are left alone', () => {
  for (const id of [0n, 7n, 2n ** 40n, 2n ** 61n - 1n, 2n ** 62n, -1n]) expect(hasReturned(id, { generation: 6, left: 3 })).toBe(false);
});

test('the other id is the same for whoever makes it, and another one in each generation', () => {
  const id = newProducerId(1);
  const others = [3, 3, 5].map((generation) => otherProducerId(id, generation));
  expect(others[0]).toBe(others[1]);
  expect(new Set([id, ...others]).size).toBe(3);
  for (const other of others) expect(other >= 2n ** 61n && other < 2n ** 62n).toBe(true);
});
