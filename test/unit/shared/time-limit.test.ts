import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { timeLimit } from '../../../src/shared/time-limit.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const NEVER = new AbortController().signal;

/** Whether it aborts, when nothing but the combined signal is in anybody's hands and garbage is collected meanwhile. */
async function aborts(limit: (milliseconds: number) => AbortSignal): Promise<boolean> {
  const combined = AbortSignal.any([limit(100), NEVER]);
  for (const end = performance.now() + 1000; !combined.aborted && performance.now() < end; ) {
    collectGarbage();
    await delay(10);
  }
  return combined.aborted;
}

describe('a time limit within a combination of signals', () => {
  test('aborts it, whatever was collected meanwhile', async () => expect(await aborts(timeLimit)).toBe(true));

  // The reason for it: once this fails, Node has been repaired.
  test.runIf(process.version.startsWith('v20.'))('a bare timeout does not', async () => expect(await aborts((milliseconds) => AbortSignal.timeout(milliseconds))).toBe(false));

  test('says that time is up', async () => {
    const limit = timeLimit(5);
    await expect.poll(() => limit.aborted).toBe(true);
    expect(limit.reason).toMatchObject({ name: 'TimeoutError' });
  });
});
