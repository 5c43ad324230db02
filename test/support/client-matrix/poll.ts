import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 200;

/** Asks until the answer is yes; false when it was not within the limit. `expect.poll` is for tests only, not for their hooks. */
export async function isTrueWithin(limitMs: number, ask: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    if (await ask()) return true;
    if (performance.now() >= deadlineMs) return false;
    await delay(INTERVAL_MS);
  }
}
