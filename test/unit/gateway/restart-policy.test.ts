import { expect, test } from 'vitest';
import { RestartPolicy } from '../../../src/gateway/workers/restart-policy.ts';

const OPTIONS = { quickMs: 1000, maxQuickDeaths: 3, firstDelayMs: 100 };

test.each([
  { name: 'one that had run for a while is started again at once', lives: [1000, 5000, 1000, 1000], waits: [0, 0, 0, 0] },
  { name: 'quick deaths are waited after, longer each time, and three in a row are enough', lives: [10, 999, 10], waits: [100, 200, 'give up'] },
  { name: 'a life that was long enough starts the count anew', lives: [10, 10, 1000, 10, 10, 10], waits: [100, 200, 0, 100, 200, 'give up'] },
])('$name', ({ lives, waits }) => {
  const policy = new RestartPolicy(OPTIONS);
  expect(lives.map((livedMs) => policy.died(livedMs))).toEqual(waits);
});
