import type { Socket } from 'node:net';
import { onChunks, type Lease } from './read-buffers.ts';
import { after, type Soon } from './soon.ts';

/** The peer closed, or the connection broke; normal at a frame's border, an error in the middle of one. */
export class StreamEnded extends Error {
  readonly unreadBytes: number;

  constructor(unreadBytes: number, cause?: Error) {
    super(cause === undefined ? 'the peer closed the connection' : cause.message, { cause });
    this.unreadBytes = unreadBytes;
  }
}

/** What a frame is read from: a socket, or bytes that are there already. */
export interface FrameBytes {
  ensure(bytes: number): Soon<Buffer>;
  consume(bytes: number): void;
  pass(bytes: number, to: Emit): Soon<void>;
}

/** Takes a piece on; with a lease the memory is reused once it is released, so whoever keeps the piece retains it. A promise asks to wait. */
export type Emit = (piece: Buffer, lease?: Lease) => void | Promise<void>;

interface Chunk {
  bytes: Buffer;
  readonly lease: Lease | undefined;
}

/** Bytes that are there already. */
export function bytesOf(whole: Buffer): FrameBytes {
  let rest = whole;
  return {
    ensure: (bytes) => {
      if (rest.length < bytes) throw new StreamEnded(rest.length);
      return rest;
    },
    consume: (bytes) => {
      rest = rest.subarray(bytes);
    },
    pass: (bytes, to) => {
      const piece = rest.subarray(0, bytes);
      rest = rest.subarray(bytes);
      return to(piece);
    },
  };
}

/** Reading ahead stops here; what a frame needs beyond it is still read, but no further. */
const READ_AHEAD_BYTES = 1 << 20;

/**
 * What a socket has sent, read in the order and the sizes that a protocol needs. Pieces are handed on as they arrived: nothing is
 * joined unless a caller asks for contiguous bytes, and the socket is not read while READ_AHEAD_BYTES wait here.
 */
export class ByteSource implements FrameBytes {
  readonly #socket: Socket;
  readonly #beforeWait: () => void;
  #chunks: Chunk[] = [];
  #buffered = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  /** `beforeWait` runs each time that the reader goes to sleep: the moment to flush what was written so far. */
  constructor(socket: Socket, beforeWait: () => void = () => {}) {
    this.#socket = socket;
    this.#beforeWait = beforeWait;
    onChunks(socket, (bytes, lease) => {
      this.#chunks.push({ bytes, lease });
      this.#buffered += bytes.length;
      if (this.#buffered >= READ_AHEAD_BYTES) socket.pause();
      this.#notify();
    });
    socket.on('error', (failure: Error) => this.#end(failure));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  get buffered(): number {
    return this.#buffered;
  }

  /** Somebody waits for bytes that the peer has not sent. */
  get isWaiting(): boolean {
    return this.#wake !== undefined;
  }

  #end(failure?: Error): void {
    this.#failure ??= failure;
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new StreamEnded(this.#buffered, this.#failure);
    this.#beforeWait();
    if (this.#socket.isPaused()) this.#socket.resume();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** At least `bytes` contiguous bytes at the front, not yet consumed: to be looked at now, not to be kept. Joins what it needs of several pieces: for heads, not for bodies. */
  ensure(bytes: number): Soon<Buffer> {
    const [first] = this.#chunks;
    return first !== undefined && first.bytes.length >= bytes ? first.bytes : this.#ensureLater(bytes);
  }

  async #ensureLater(bytes: number): Promise<Buffer> {
    while (this.#buffered < bytes) await this.#more();
    const joined = Buffer.allocUnsafe(bytes);
    let at = 0;
    while (at < bytes) {
      const { bytes: piece, lease } = this.#chunks[0] as Chunk;
      const copied = piece.copy(joined, at);
      at += copied;
      if (copied < piece.length) (this.#chunks[0] as Chunk).bytes = piece.subarray(copied);
      else {
        this.#chunks.shift();
        lease?.release();
      }
    }
    this.#chunks.unshift({ bytes: joined, lease: undefined });
    return joined;
  }

  /** Drops `bytes` from the front; they must have been ensured. */
  consume(bytes: number): void {
    this.#buffered -= bytes;
    let left = bytes;
    while (left > 0) {
      const first = this.#chunks[0] as Chunk;
      if (first.bytes.length > left) {
        first.bytes = first.bytes.subarray(left);
        return;
      }
      left -= first.bytes.length;
      this.#chunks.shift();
      first.lease?.release();
    }
  }

  /** Exactly `bytes` bytes as one buffer of the caller's own, copied once however many pieces they came in. */
  take(bytes: number): Soon<Buffer> {
    const whole = Buffer.allocUnsafe(bytes);
    let at = 0;
    const passed = this.pass(bytes, (piece) => {
      at += piece.copy(whole, at);
    });
    return after(passed, () => whole);
  }

  /** Hands exactly `bytes` bytes to `to`, piece by piece as they arrive; waits when `to` asks it to. */
  pass(bytes: number, to: Emit): Soon<void> {
    const { left, wait } = this.#handOn(bytes, to);
    if (left > 0 || wait !== undefined) return this.#passLater(left, wait, to);
  }

  async #passLater(bytes: number, wait: void | Promise<void>, to: Emit): Promise<void> {
    await wait;
    let left = bytes;
    while (left > 0) {
      if (this.#buffered === 0) await this.#more();
      const handed = this.#handOn(left, to);
      left = handed.left;
      if (handed.wait !== undefined) await handed.wait;
    }
  }

  /** Hands on what is here of the next `bytes` bytes, until `to` asks to wait. */
  #handOn(bytes: number, to: Emit): { left: number; wait: void | Promise<void> } {
    let left = bytes;
    while (left > 0) {
      const first = this.#chunks[0];
      if (first === undefined) break;
      const { lease } = first;
      const piece = first.bytes.length > left ? first.bytes.subarray(0, left) : first.bytes;
      left -= piece.length;
      // `to` comes before `consume`, which may give the memory back.
      const wait = to(piece, lease);
      this.consume(piece.length);
      if (wait !== undefined) return { left, wait };
    }
    return { left, wait: undefined };
  }
}
