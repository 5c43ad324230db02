import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { InFlightWrites } from '../../../src/gateway/switch/in-flight-writes.ts';

let writes: InFlightWrites;

beforeEach(() => {
  vi.useFakeTimers();
  writes = new InFlightWrites();
});
afterEach(() => void vi.useRealTimers());

async function isSettled(promise: Promise<boolean>): Promise<boolean> {
  return await Promise.race([promise.then(() => true), vi.advanceTimersByTimeAsync(0).then(() => false)]);
}

describe('drained', () => {
  test('at once when there is nothing', async () => {
    expect(await writes.drained(100)).toBe(true);
  });

  test('once the last one was answered, and not before', async () => {
    writes.begin();
    writes.begin();
    const drained = writes.drained(100);
    writes.end();
    expect(await isSettled(drained)).toBe(false);
    writes.end();
    expect(await drained).toBe(true);
  });

  test('not when it takes too long', async () => {
    writes.begin();
    const drained = writes.drained(100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await drained).toBe(false);
  });
});
