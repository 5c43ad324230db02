/** Time, so that tests decide how it passes. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only grow. */
  elapsedMs(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
