import type { Socket } from 'node:net';
import { clear } from './clear.ts';
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
 * Where bytes leave: all pieces wait for `flush` and leave in one write, small ones gathered, large ones as they are, and what lies side by side in
 * memory as one piece. `write` gives a promise only when the peer is slow, so that a slow peer slows its counterpart and nothing piles up here.
 */
export class ByteSink {
  readonly #socket: Socket;
  /** The last piece: the next one may be its continuation, as most of what goes on unchanged is. */
  #last: Piece | undefined;
  readonly #gathered: Piece[] = [];
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
    const isBehind = this.#corkedBytes === undefined && this.#isSlow;
    const last = this.#last;
    if (last !== undefined && continues(last, bytes, lease)) {
      this.#last = { bytes: Buffer.from(bytes.buffer, last.bytes.byteOffset, last.bytes.length + bytes.length), lease };
    } else {
      if (last !== undefined) this.#place(last);
      lease?.retain();
      this.#last = { bytes, lease };
    }
    if (!isBehind && this.#waitingBytes < CORKED_BYTES) return;
    this.flush();
    if (this.#isSlow) return this.#untilDrained();
  }

  get #waitingBytes(): number {
    return (this.#corkedBytes ?? 0) + this.#gatheredBytes + (this.#last?.bytes.length ?? 0);
  }

  #place(piece: Piece): void {
    const { length } = piece.bytes;
    if (length <= SMALL_BYTES && this.#gatheredBytes + length <= GATHERED_BYTES) {
      this.#gathered.push(piece);
      this.#gatheredBytes += length;
      return;
    }
    if (this.#corkedBytes === undefined) this.#socket.cork();
    this.#corkedBytes = (this.#corkedBytes ?? 0) + this.#gatheredBytes + length;
    this.#handGathered();
    this.#hand(piece);
  }

  /** The answer of `write` does not say it: Node gives that before it tries. */
  get #isSlow(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  flush(): void {
    const last = this.#last;
    if (last === undefined && this.#corkedBytes === undefined && this.#gatheredBytes === 0) return;
    this.#last = undefined;
    if (last !== undefined) this.#place(last);
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
    this.#gatheredBytes = 0;
    if (pieces.length === 1 && this.#socket.writable) this.#hand(first);
    else {
      if (this.#socket.writable) this.#socket.write(Buffer.concat(pieces.map(({ bytes }) => bytes), size));
      for (const { lease } of pieces) lease?.release();
    }
    clear(pieces);
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

function continues({ bytes, lease }: Piece, next: Buffer, nextLease: Lease | undefined): boolean {
  return lease === nextLease && bytes.buffer === next.buffer && bytes.byteOffset + bytes.length === next.byteOffset;
}
