import { setTimeout as delay } from 'node:timers/promises';
import { API } from '../api-table.ts';
import type { TenantUsage } from './tenant-usage.ts';

/**
 * Requests up to this size, other than Produce and Fetch, pass also while their virtual cluster has too much in flight: heartbeats and
 * commits must, lest its consumers lose their groups, and what they hold up here is little.
 */
export const SMALL_REQUEST_BYTES = 16 << 10;

/** What a request counts for until it is answered. */
export interface Charge {
  readonly bytes: number;
  /** Its sender is not read until then; on the clock of performance.now(). */
  readonly mutedUntilMs: number;
}

const FREE: Charge = { bytes: 0, mutedUntilMs: 0 };

/**
 * One connection's part in what its virtual cluster uses.
 *
 *   frame's head ──► charged (waits for room) ──► claimed by the exchange ──► answered: released
 *                          └── held for a switch: given back meanwhile, so that a pause stops no one who only reads
 */
export class ConnectionTraffic {
  readonly #over: AbortSignal;
  #usage: TenantUsage | undefined;
  /** Of the request that is being read and belongs to no exchange yet. */
  #current = FREE;
  #unanswered = 0;
  #kept = 0;
  #untaken = 0;
  #mutedUntilMs = 0;

  constructor(over: AbortSignal) {
    this.#over = over;
  }

  /** Counts from here on for that virtual cluster, which has let the connection in. */
  join(usage: TenantUsage): void {
    this.#usage ??= usage;
  }

  /** Whether nothing shall be read from the client for now. */
  get isMuted(): boolean {
    return this.#mutedUntilMs > 0 && performance.now() < this.#mutedUntilMs;
  }

  async unmuted(): Promise<void> {
    while (this.isMuted && !this.#over.aborted) await delay(Math.ceil(this.#mutedUntilMs - performance.now()), undefined, { signal: this.#over, ref: false }).catch(() => {});
  }

  /** Counts a request of which only the head was read. A promise asks to wait: its virtual cluster has too much in flight. */
  charge(apiKey: number, bytes: number): Promise<void> | undefined {
    const usage = this.#usage;
    if (usage === undefined) return undefined;
    const waitMs = usage.throttle();
    if (waitMs > 0) this.#mutedUntilMs = performance.now() + waitMs;
    const mutedUntilMs = waitMs > 0 ? this.#mutedUntilMs : 0;
    if (!usage.bytes.tryAcquire(bytes)) {
      const isSmall = apiKey !== API.produce && apiKey !== API.fetch && bytes <= SMALL_REQUEST_BYTES;
      if (!isSmall) return usage.bytes.acquire(bytes, this.#over).then((isGranted) => this.#hold({ bytes: isGranted ? bytes : 0, mutedUntilMs }));
      usage.bytes.add(bytes);
    }
    this.#hold({ bytes, mutedUntilMs });
    return undefined;
  }

  #hold(charge: Charge): void {
    this.#current = charge;
    this.#unanswered += charge.bytes;
  }

  /** The charge of the request that was read last, for its exchange; whoever has it gives it to `answered`. */
  claim(): Charge {
    const charge = this.#current;
    this.#current = FREE;
    return charge;
  }

  answered({ bytes }: Charge): void {
    if (bytes === 0) return;
    this.#unanswered -= bytes;
    this.#usage?.bytes.remove(bytes);
  }

  /** While a write is held it counts for nothing. */
  async whileHeld<Verdict>(wait: Promise<Verdict> | Verdict): Promise<Verdict> {
    const { bytes } = this.#current;
    this.#usage?.bytes.remove(bytes);
    try {
      return await wait;
    } finally {
      this.#usage?.bytes.add(bytes);
    }
  }

  /** How much of what was written the client has not taken, beyond what its socket takes at once. */
  untaken(bytes: number): void {
    const change = bytes - this.#untaken;
    this.#untaken = bytes;
    this.kept(change);
  }

  /** So many bytes more, or less, of its answers are kept here until they can be written. */
  kept(change: number): void {
    this.#kept += change;
    if (change > 0) this.#usage?.bytes.add(change);
    else if (change < 0) this.#usage?.bytes.remove(-change);
  }

  /** Gives everything back. */
  end(): void {
    this.#usage?.bytes.remove(this.#unanswered + this.#kept);
    this.#usage?.leave();
    this.#usage = undefined;
  }
}

/** What `throttleTimeMs` says: the rest of the time that the gateway will not read. */
export function throttleTimeMs({ mutedUntilMs }: Pick<Charge, 'mutedUntilMs'>): number {
  return mutedUntilMs === 0 ? 0 : Math.max(0, Math.ceil(mutedUntilMs - performance.now()));
}
