import { setTimeout as delay } from 'node:timers/promises';

export interface LoginThrottleOptions {
  readonly firstDelayMs: number;
  /** Shorter than clients wait for an authentication (3 to 10 s): they shall learn why it failed, and not try for ever. */
  readonly maxDelayMs: number;
  /** Without a further failure for this long, an address starts anew. */
  readonly forgetMs: number;
  /** Addresses that are remembered; the one that failed longest ago goes first. */
  readonly maxAddresses: number;
  /** Refusals of one address that wait at the same time; further ones are not answered at all. */
  readonly maxWaiting: number;
}

const DEFAULTS: LoginThrottleOptions = { firstDelayMs: 100, maxDelayMs: 2000, forgetMs: 60_000, maxAddresses: 10_000, maxWaiting: 100 };

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Slows down whoever fails to log in: each failure of an address is answered twice as late as the one before. A login that is good is
 * never delayed: clients behind one address must not suffer from a neighbour whose token has expired.
 */
export class LoginThrottle {
  readonly #options: LoginThrottleOptions;
  readonly #now: () => number;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #failures = new Map<string, Failures>();
  readonly #waiting = new Map<string, number>();

  constructor(options: Partial<LoginThrottleOptions> = {}, now: () => number = () => performance.now(), wait: (ms: number) => Promise<unknown> = (ms) => delay(ms, undefined, { ref: false })) {
    this.#options = { ...DEFAULTS, ...options };
    this.#now = now;
    this.#wait = wait;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#failures.size;
  }

  /** Call it before a refusal is sent: resolves when it may be; false when it shall not be sent at all. */
  async failed(address: string): Promise<boolean> {
    const { maxWaiting } = this.#options;
    const waiting = this.#waiting.get(address) ?? 0;
    if (waiting >= maxWaiting) return false;
    const delayMs = this.#count(address);
    this.#waiting.set(address, waiting + 1);
    try {
      await this.#wait(delayMs);
    } finally {
      const left = (this.#waiting.get(address) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(address);
      else this.#waiting.set(address, left);
    }
    return true;
  }

  #count(address: string): number {
    const { firstDelayMs, maxDelayMs, forgetMs, maxAddresses } = this.#options;
    const before = this.#failures.get(address);
    const count = before === undefined || this.#now() - before.lastMs > forgetMs ? 1 : before.count + 1;
    // Deleted first, so that the order of the map is the order of the last failures.
    this.#failures.delete(address);
    this.#failures.set(address, { count, lastMs: this.#now() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > maxAddresses && oldest !== undefined) this.#failures.delete(oldest);
    return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(count - 1, 30));
  }
}
