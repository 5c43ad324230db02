import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from '../../../src/shared/progress.ts';

let progress: Progress;
let count: number;

beforeEach(() => {
  vi.useFakeTimers();
  progress = new Progress();
  count = 2;
});
afterEach(() => void vi.useRealTimers());

function countDown(): void {
  count--;
  progress.made();
}

async function isSettled(promise: Promise<boolean>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), vi.advanceTimersByTimeAsync(0).then(() => false)]);
}

test('what is so already is not waited for', async () => {
  expect(await progress.until(() => true, 0)).toBe(true);
});

test('everybody who waits is told, each for what it waits for', async () => {
  const [one, none] = [progress.until(() => count === 1, 100), progress.until(() => count === 0, 100)];
  countDown();
  expect([await one, await isSettled(none)]).toEqual([true, false]);
  countDown();
  expect(await none).toBe(true);
});

test('what was so for a moment was so', async () => {
  const none = progress.until(() => count === 0, 100);
  countDown();
  countDown();
  count = 1;
  expect(await none).toBe(true);
});

test('not when it takes too long, and nobody looks any more then', async () => {
  let looked = 0;
  const never = progress.until(() => {
    looked++;
    return false;
  }, 100);
  await vi.advanceTimersByTimeAsync(100);
  expect(await never).toBe(false);
  progress.made();
  expect(looked).toBe(1);
});
