import { GwctlError } from '../shared/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { notAsExpected, type Judgement } from './expectation.ts';

const PAUSE_MS = 50;

export interface PollOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly withinMs: number;
}

/** Looks until it is as expected; when time is up, the last look is the error. What cannot be reached yet is looked at again. */
export async function pollUntilExpected<T>({ clock, signal, withinMs }: PollOptions, look: () => Promise<Judgement<T>>): Promise<T> {
  const deadlineMs = clock.elapsedMs() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    let failure: GwctlError;
    try {
      const judgement = await look();
      if (judgement.ok) return judgement.value;
      failure = notAsExpected(judgement.expected, judgement.seen);
      if (judgement.isFinal === true) throw failure;
    } catch (reason) {
      if (!(reason instanceof GwctlError) || reason.code !== 'UNAVAILABLE') throw reason;
      failure = reason;
    }
    if (clock.elapsedMs() >= deadlineMs) throw withTime(failure, withinMs);
    await clock.sleep(PAUSE_MS, signal);
  }
}

function withTime({ code, message, details, hint }: GwctlError, withinMs: number): GwctlError {
  return new GwctlError(code, `${message} (waited ${withinMs / 1000} s)`, { details, ...(hint === undefined ? {} : { hint }) });
}
