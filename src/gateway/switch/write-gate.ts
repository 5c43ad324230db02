/** A run holds writes; or this process was stopped, and does not know yet what has happened meanwhile. */
export type HoldReason = 'switch' | 'stall';

/** Whether writes pass: while there is no reason to hold them. While a switch is under way they are held, not refused, and never longer than a client waits (hazard H12). */
export class WriteGate {
  readonly #holdMs: number;
  readonly #reasons = new Set<HoldReason>();
  #closedAt: number | undefined;
  readonly #waiting = new Set<(verdict: 'open' | 'expired') => void>();

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  get held(): number {
    return this.#waiting.size;
  }

  get isOpen(): boolean {
    return this.#closedAt === undefined;
  }

  isHeldFor(why: HoldReason): boolean {
    return this.#reasons.has(why);
  }

  close(why: HoldReason = 'switch'): void {
    this.#reasons.add(why);
    this.#closedAt ??= performance.now();
  }

  open(why: HoldReason = 'switch'): void {
    this.#reasons.delete(why);
    if (this.#reasons.size > 0) return;
    this.#closedAt = undefined;
    this.#release('open');
  }

  /**
   * 'open' when the write may go on; 'expired' when it must be answered with a retriable error. The time counts from when the gate closed: requests
   * that queue behind a held one have been waiting just as long on the client's clock. `over` ends the wait early, as 'expired'.
   */
  pass(over: AbortSignal): 'open' | Promise<'open' | 'expired'> {
    if (this.#closedAt === undefined) return 'open';
    const leftMs = this.#closedAt + this.#holdMs - performance.now();
    return new Promise((resolve) => {
      const settle = (verdict: 'open' | 'expired'): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', expire);
        this.#waiting.delete(settle);
        resolve(verdict);
      };
      const expire = (): void => settle('expired');
      const timer = setTimeout(expire, Math.max(0, leftMs));
      over.addEventListener('abort', expire);
      this.#waiting.add(settle);
    });
  }

  #release(verdict: 'open' | 'expired'): void {
    for (const settle of [...this.#waiting]) settle(verdict);
  }
}
