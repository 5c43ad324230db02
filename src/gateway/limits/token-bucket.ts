/** Longest that one request is slowed: shorter than the shortest session of a group (6 s), so that a slowed member stays in it. */
export const MAX_THROTTLE_MS = 5000;

/**
 * Requests at a rate, with a burst. A request is never refused: it is paid for by the time that its sender waits before the next one, as
 * with Kafka's quotas (KIP-219). Debts end at MAX_THROTTLE_MS, so more connections than are paid off in that time exceed the rate.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst = perSecond, now: () => number = () => performance.now()) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#now = now;
    this.#tokens = burst;
    this.#at = now();
  }

  /** Takes one only if it is there. */
  tryTake(): boolean {
    this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Takes one; the answer is how long its sender must wait, in milliseconds, 0 while there are tokens. */
  take(): number {
    this.#refill();
    this.#tokens--;
    if (this.#tokens >= 0) return 0;
    this.#tokens = Math.max(this.#tokens, -MAX_THROTTLE_MS * this.#perMs);
    return Math.min(MAX_THROTTLE_MS, Math.ceil(-this.#tokens / this.#perMs));
  }

  #refill(): void {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
