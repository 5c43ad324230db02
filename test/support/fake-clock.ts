import type { Clock } from '../../src/ports/clock.ts';

/** Time that passes only when somebody sleeps, and then at once. */
export function createFakeClock(): Clock & { readonly slept: readonly number[] } {
  let nowMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(Date.UTC(2026, 0, 1) + nowMs),
    elapsedMs: () => nowMs,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
    },
  };
}
