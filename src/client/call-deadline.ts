import { setTimeout as delay } from 'node:timers/promises';
import { GwctlError } from '../shared/errors.ts';
import { errorName, isRetriableError } from '../wire/error-codes.ts';
import type { CallOptions } from './client-options.ts';

const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 500;

/** The end of one call, retries included. */
export interface CallDeadline {
  remainingMs(): number;
  readonly signal: AbortSignal | undefined;
}

export function startDeadline(options: CallOptions, defaultTimeoutMs: number): CallDeadline {
  const end = performance.now() + (options.timeoutMs ?? defaultTimeoutMs);
  return { remainingMs: () => Math.max(0, end - performance.now()), signal: options.signal };
}

/** An error code that a broker gave for something that we name; `details.errorCode` has it. */
export function kafkaError(what: string, errorCode: number, message?: string | null): GwctlError {
  return new GwctlError('UNAVAILABLE', `${what}: ${errorName(errorCode)}${message ? `: ${message}` : ''}`, { details: { errorCode } });
}

/** Lost connections, and the errors that Kafka calls retriable. */
export function isRetriable(reason: unknown): boolean {
  if (!(reason instanceof GwctlError) || reason.code !== 'UNAVAILABLE') return false;
  const { errorCode, final, unsupported, clientClosed } = reason.details;
  if (final === true || unsupported === true || clientClosed === true) return false;
  return typeof errorCode === 'number' ? isRetriableError(errorCode) : true;
}

/**
 * Repeats `attempt` with growing pauses until it returns, throws what cannot be retried, or the deadline passes, which throws the last error that a broker
 * gave, or else the last one. `beforeRetry` runs before each repetition: stale knowledge is dropped there.
 */
export async function withRetries<T>(deadline: CallDeadline, attempt: () => Promise<T>, beforeRetry: () => void): Promise<T> {
  let told: unknown;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (reason) {
      if (!isRetriable(reason)) throw reason;
      if (reason instanceof GwctlError && reason.details['errorCode'] !== undefined) told = reason;
      // The last attempt may have had a few milliseconds: that nobody answered in them says nothing.
      if (!(await pause(deadline, pauseMs))) throw told ?? reason;
      beforeRetry();
    }
  }
}

/** False when the deadline would pass, or the caller stopped waiting. */
export async function pause(deadline: CallDeadline, pauseMs: number): Promise<boolean> {
  if (deadline.remainingMs() <= pauseMs || deadline.signal?.aborted) return false;
  return delay(pauseMs, true, deadline.signal === undefined ? {} : { signal: deadline.signal }).catch(() => false);
}
