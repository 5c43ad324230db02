import type { Socket } from 'node:net';
import { ByteSink } from '../bytes/byte-sink.ts';
import { ByteSource } from '../bytes/byte-source.ts';
import type { Lease } from '../bytes/read-buffers.ts';
import type { Soon } from '../bytes/soon.ts';
import { FramePatience, type PatienceLimits } from '../limits/frame-patience.ts';

/** A peer that was quiet for this long is asked whether it is still there: its machine may have gone without a word. */
export const KEEP_ALIVE_MS = 60_000;

/** One client's connection to one broker, with what a move to another cluster needs: to stop between two frames. */
export class BackendLink {
  readonly source: ByteSource;
  readonly #socket: Socket;
  readonly #sink: ByteSink;
  readonly #patience: FramePatience;
  #midFrame = false;
  #frameEnd: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket, beforeWait: () => void, limits: PatienceLimits) {
    this.#socket = socket;
    this.#patience = new FramePatience(limits);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sink = new ByteSink(socket);
    this.source = new ByteSource(socket, beforeWait);
    socket.on('close', () => this.#wakeAll());
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  write(piece: Buffer, lease?: Lease): void | Promise<void> {
    return this.#sink.write(piece, lease);
  }

  flush(): void {
    this.#sink.flush();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Calls `next` for each answer that begins, until `stopAfterFrame`; `ended` as for a ByteSource. */
  readFrames(next: () => Soon<void>, ended: (reason: unknown) => void): void {
    this.source.readFrames({
      next: () => {
        this.#midFrame = true;
        return next();
      },
      done: () => this.#frameDone(),
      ended,
    });
  }

  /** The answer that has begun has this size. */
  began(size: number): void {
    this.#patience.began(size);
  }

  /** Why the broker is waited for no longer (see FramePatience). */
  look(elapsedMs: number): string | undefined {
    return this.#patience.look(elapsedMs, this.source, 'broker', true);
  }

  #frameDone(): void {
    this.#midFrame = false;
    this.#patience.idle();
    this.#frameEnd?.();
    this.#wakeAll();
  }

  /** No frame after the one that is being read; true once that one is through, false when it takes longer than `timeoutMs`, or its rest never comes. */
  async stopAfterFrame(timeoutMs: number): Promise<boolean> {
    this.source.stopFrames();
    if (!this.#midFrame) return true;
    let isThrough = false;
    this.#frameEnd = () => (isThrough = true);
    await this.frameOrClose(timeoutMs);
    return isThrough;
  }

  /** Waits until a frame has been read or the link is closed, at most `timeoutMs`. */
  async frameOrClose(timeoutMs: number): Promise<void> {
    if (this.isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wakeAll(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
