import type { GatewayLimits } from '../node-context.ts';

export type PatienceLimits = Pick<GatewayLimits, 'loginMs' | 'frameMs' | 'minFrameBytesPerSecond'>;

/** What is looked at: see ByteSource. */
interface Watched {
  readonly buffered: number;
  readonly isWaiting: boolean;
}

/**
 * How long one peer is waited for in the middle of a frame. Only the time counts in which nothing but its bytes is missing: not that of a
 * switch, of a slow peer on the other side, or between two frames. Looked at from time to time, so that the data path has no timers.
 */
export class FramePatience {
  readonly #limits: PatienceLimits;
  #frameBytes: number | undefined;
  #waitedMs = 0;
  #ageMs = 0;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
  }

  /** Between two frames. */
  idle(): void {
    this.#frameBytes = undefined;
    this.#waitedMs = 0;
  }

  /** The first bytes of a frame of that size are there. */
  began(size: number): void {
    this.#frameBytes = size;
  }

  /** Why the peer is waited for no longer, or undefined. Called every `elapsedMs`. */
  look(elapsedMs: number, { buffered, isWaiting }: Watched, peer: 'client' | 'broker', isLoggedIn: boolean): string | undefined {
    const { loginMs, frameMs, minFrameBytesPerSecond } = this.#limits;
    this.#ageMs += elapsedMs;
    if (!isLoggedIn && this.#ageMs > loginMs) return `the ${peer} has not logged in within ${loginMs} ms`;
    const isInFrame = this.#frameBytes !== undefined || buffered > 0;
    if (!isWaiting || !isInFrame) return undefined;
    this.#waitedMs += elapsedMs;
    const size = this.#frameBytes ?? 0;
    const allowedMs = frameMs + Math.ceil((size / minFrameBytesPerSecond) * 1000);
    return this.#waitedMs > allowedMs ? `the ${peer} was waited for ${this.#waitedMs} ms in the middle of a frame of ${size} bytes (allowed: ${allowedMs})` : undefined;
  }
}
