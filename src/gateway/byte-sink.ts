import type { Socket } from 'node:net';
import type { Lease } from './read-buffers.ts';

/**
 * Where bytes leave: small writes are corked together until `flush`, and `write` gives a promise only when the peer is slow, so that a
 * slow peer slows its counterpart and nothing piles up here.
 */
export class ByteSink {
  readonly #socket: Socket;
  #corked = false;
  #drained: Promise<void> | undefined;
  readonly #onUntaken: ((bytes: number) => void) | undefined;
  #untaken = 0;

  /** `onUntaken` is told how much the peer has not taken of more than its socket takes at once, each time that it changes. */
  constructor(socket: Socket, onUntaken?: (bytes: number) => void) {
    this.#socket = socket;
    this.#onUntaken = onUntaken;
  }

  /** Settles also when the socket closes: whoever reads the other side notices that by itself. */
  write(piece: Buffer, lease?: Lease): void | Promise<void> {
    if (this.#socket.destroyed) return;
    if (!this.#corked) {
      this.#socket.cork();
      this.#corked = true;
    }
    if (this.#hand(piece, lease)) return;
    this.flush();
    this.#drained ??= new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        this.#drained = undefined;
        this.#tellUntaken();
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
    return this.#drained;
  }

  #hand(piece: Buffer, lease: Lease | undefined): boolean {
    if (lease === undefined) return this.#socket.write(piece);
    lease.retain();
    return this.#socket.write(piece, () => lease.release());
  }

  flush(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
    this.#tellUntaken();
  }

  #tellUntaken(): void {
    const { writableNeedDrain, writableLength, destroyed } = this.#socket;
    const untaken = writableNeedDrain && !destroyed ? writableLength : 0;
    if (untaken === this.#untaken) return;
    this.#untaken = untaken;
    this.#onUntaken?.(untaken);
  }
}
