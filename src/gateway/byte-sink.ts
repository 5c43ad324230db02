import type { Socket } from 'node:net';
import type { Lease } from './read-buffers.ts';

/** Pieces up to this size are gathered: to copy one costs less than another buffer in a `writev`. */
const SMALL_BYTES = 4 << 10;
const GATHERED_BYTES = 16 << 10;
/** What waits for `flush` at most, so that it leaves in one write. Large pieces are in memory anyway, as parts of what was read. */
const CORKED_BYTES = 512 << 10;

interface Piece {
  readonly bytes: Buffer;
  readonly lease: Lease | undefined;
}

/**
 * Where bytes leave: all pieces wait for `flush` and leave in one write, small ones gathered, large ones as they are. `write` gives a promise only
 * when the peer is slow, so that a slow peer slows its counterpart and nothing piles up here.
 */
export class ByteSink {
  readonly #socket: Socket;
  #gathered: Piece[] = [];
  #gatheredBytes = 0;
  /** Undefined: not corked. */
  #corkedBytes: number | undefined;
  #drained: Promise<void> | undefined;
  readonly #onUntaken: ((bytes: number) => void) | undefined;
  #untaken = 0;

  /** `onUntaken` is told how much the peer has not taken of more than its socket takes at once, each time that it changes. */
  constructor(socket: Socket, onUntaken?: (bytes: number) => void) {
    this.#socket = socket;
    this.#onUntaken = onUntaken;
  }

  /** Settles also when the socket closes: whoever reads the other side notices that by itself. */
  write(bytes: Buffer, lease?: Lease): void | Promise<void> {
    if (this.#socket.destroyed) return;
    lease?.retain();
    const isBehind = this.#corkedBytes === undefined && this.#isSlow;
    if (bytes.length <= SMALL_BYTES && this.#gatheredBytes + bytes.length <= GATHERED_BYTES) {
      this.#gathered.push({ bytes, lease });
      this.#gatheredBytes += bytes.length;
    } else {
      if (this.#corkedBytes === undefined) this.#socket.cork();
      this.#corkedBytes = (this.#corkedBytes ?? 0) + this.#gatheredBytes + bytes.length;
      this.#handGathered();
      this.#hand({ bytes, lease });
    }
    if (!isBehind && (this.#corkedBytes ?? 0) < CORKED_BYTES) return;
    this.flush();
    if (this.#isSlow) return this.#untilDrained();
  }

  /** The answer of `write` does not say it: Node gives that before it tries. */
  get #isSlow(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  flush(): void {
    if (this.#corkedBytes === undefined && this.#gatheredBytes === 0) return;
    this.#handGathered();
    if (this.#corkedBytes !== undefined) {
      this.#corkedBytes = undefined;
      this.#socket.uncork();
    }
    this.#tellUntaken();
  }

  #handGathered(): void {
    const pieces = this.#gathered;
    const [first] = pieces;
    if (first === undefined) return;
    const size = this.#gatheredBytes;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    if (pieces.length === 1 && this.#socket.writable) {
      this.#hand(first);
      return;
    }
    if (this.#socket.writable) this.#socket.write(Buffer.concat(pieces.map(({ bytes }) => bytes), size));
    for (const { lease } of pieces) lease?.release();
  }

  #hand({ bytes, lease }: Piece): void {
    if (lease === undefined) this.#socket.write(bytes);
    else this.#socket.write(bytes, () => lease.release());
  }

  #untilDrained(): Promise<void> {
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

  #tellUntaken(): void {
    const { writableNeedDrain, writableLength, destroyed } = this.#socket;
    const untaken = writableNeedDrain && !destroyed ? writableLength : 0;
    if (untaken === this.#untaken) return;
    this.#untaken = untaken;
    this.#onUntaken?.(untaken);
  }
}
