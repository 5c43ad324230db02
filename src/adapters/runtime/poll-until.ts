import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../../shared/errors.ts';

export interface PollOptions {
  /** For the error: "main: 2 of 3 brokers" and the like. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/** Asks until the answer is `true`. A text says what is missing, an exception counts as one; the last of them is in the error. */
export async function pollUntil({ what, timeoutMs, pauseMs, signal }: PollOptions, ask: () => Promise<true | string>): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const answer = await ask().catch((reason: unknown) => (reason instanceof Error ? reason.message : String(reason)));
    if (answer === true) return;
    if (performance.now() >= deadlineMs) throw new GwctlError('UNAVAILABLE', `${what} not ready after ${Math.round(timeoutMs / 1000)} s: ${answer}`);
    await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
