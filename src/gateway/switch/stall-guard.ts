import type { WriteGate } from './write-gate.ts';

const TICK_MS = 100;
/** Far below any lease: whoever was stopped for so long may have been left behind. A busy process is late by less. */
export const STALL_MS = 500;

export interface StallGuardOptions {
  readonly gate: WriteGate;
  /** Resolves when everything is known that was decided meanwhile. Does not throw. */
  readonly catchUp: () => Promise<void>;
  readonly stalled: (ms: number) => void;
  /** How long those have been silent who tell this process of switches; always 0 where it reads of them itself. */
  readonly silentMs?: () => number;
  /** For tests. */
  readonly nowMs?: () => number;
  readonly wallMs?: () => number;
}

/**
 * A process that was stopped (SIGSTOP, a machine that was paused) does not know what was decided meanwhile, and what it has in hand when it goes on are
 * the writes of clients, sooner than the log of the switch. So it notices that its clocks have gone on without it, and lets no write pass until it has
 * caught up.
 *
 *   tick … tick … (stopped) … write ─► check ─► gate closed ─► caught up ─► gate open, unless a switch has closed it, too
 *
 * A write that a connection was handing on at the very moment in which it was stopped still goes where it was going: one a connection at most. A machine
 * that stands still together with all its clocks cannot be found out like this.
 */
export class StallGuard {
  readonly #options: StallGuardOptions;
  readonly #nowMs: () => number;
  /** The clock on the wall goes on in some pauses of a machine in which the other one does not. */
  readonly #wallMs: () => number;
  readonly #timer: NodeJS.Timeout;
  #seenNowMs: number;
  #seenWallMs: number;
  /** Counted, so that one who is stopped again while it catches up does it once more. */
  #stalls = 0;
  #isCatchingUp = false;

  constructor(options: StallGuardOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#wallMs = options.wallMs ?? Date.now;
    this.#seenNowMs = this.#nowMs();
    this.#seenWallMs = this.#wallMs();
    this.#timer = setInterval(() => this.check(), TICK_MS).unref();
  }

  /** Before each write: what arrived while the process was stopped may be read before its timers are looked at. */
  check(): void {
    const [nowMs, wallMs] = [this.#nowMs(), this.#wallMs()];
    const passedMs = Math.max(this.#options.silentMs?.() ?? 0, nowMs - this.#seenNowMs, wallMs - this.#seenWallMs);
    this.#seenNowMs = nowMs;
    this.#seenWallMs = wallMs;
    if (passedMs <= STALL_MS) return;
    this.#stalls++;
    this.#options.gate.close('stall');
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    this.#options.stalled(Math.round(passedMs));
    void this.#catchUp();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #catchUp(): Promise<void> {
    for (let known = -1; known !== this.#stalls; ) {
      known = this.#stalls;
      await this.#options.catchUp();
    }
    this.#isCatchingUp = false;
    this.#options.gate.open('stall');
  }
}
