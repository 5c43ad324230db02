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
  /** Where the next byte is in what `ensure` gives, and in `here`. */
  readonly at: number;
  /** The first piece of what has arrived, and how much of it is not read yet. */
  readonly here: Buffer;
  readonly readable: number;
  ensure(bytes: number): Soon<Buffer>;
  consume(bytes: number): void;
  pass(bytes: number, to: Emit): Soon<void>;
}

/** Whoever reads a source frame by frame. */
export interface FrameUser {
  /** A frame begins: at least its size is here. It is read to its end when this returns, or when the promise settles. */
  next(): Soon<void>;
  /** It was read to its end. */
  done(): void;
  /** There is no further frame: the stream has ended, or `next` failed. Called once. */
  ended(reason: unknown): void;
}

/** Takes a piece on; with a lease the memory is reused once it is released, so whoever keeps the piece retains it. A promise asks to wait. */
export type Emit = (piece: Buffer, lease?: Lease) => void | Promise<void>;

interface Chunk {
  readonly bytes: Buffer;
  /** What comes before is consumed. */
  at: number;
  readonly lease: Lease | undefined;
}

/** Bytes that are there already. */
export function bytesOf(whole: Buffer): FrameBytes {
  let at = 0;
  return {
    get at() {
      return at;
    },
    here: whole,
    get readable() {
      return whole.length - at;
    },
    ensure: (bytes) => {
      if (whole.length - at < bytes) throw new StreamEnded(whole.length - at);
      return whole;
    },
    consume: (bytes) => {
      at += bytes;
    },
    pass: (bytes, to) => {
      const piece = whole.subarray(at, at + bytes);
      at += bytes;
      return to(piece);
    },
  };
}

/** What says how long a frame is. */
const FRAME_SIZE_BYTES = 4;

const NOTHING = Buffer.alloc(0);

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
  #user: FrameUser | undefined;
  #isInFrame = false;

  /** `beforeWait` runs each time that the reader goes to sleep: the moment to flush what was written so far. */
  constructor(socket: Socket, beforeWait: () => void = () => {}) {
    this.#socket = socket;
    this.#beforeWait = beforeWait;
    onChunks(socket, (bytes, lease) => {
      this.#chunks.push({ bytes, at: 0, lease });
      this.#buffered += bytes.length;
      if (this.#buffered >= READ_AHEAD_BYTES) socket.pause();
      this.#notify();
    });
    socket.on('error', (failure: Error) => this.#end(failure));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
  }

  get at(): number {
    return this.#chunks[0]?.at ?? 0;
  }

  get here(): Buffer {
    return this.#chunks[0]?.bytes ?? NOTHING;
  }

  get readable(): number {
    const first = this.#chunks[0];
    return first === undefined ? 0 : first.bytes.length - first.at;
  }

  get buffered(): number {
    return this.#buffered;
  }

  /** Somebody waits for bytes that the peer has not sent. */
  get isWaiting(): boolean {
    return this.#wake !== undefined || (this.#user !== undefined && !this.#isInFrame);
  }

  /**
   * Calls `user` for each frame. Between two frames nothing waits here and no promise is kept: a quiet connection costs no more than its fields,
   * and a frame that has arrived is read in the turn of the event loop that brought it.
   */
  readFrames(user: FrameUser): void {
    this.#user = user;
    this.#turn();
  }

  /** No frame after the one that is being read; `ended` is told only if that one fails. */
  stopFrames(): void {
    this.#user = undefined;
  }

  #turn(): void {
    const user = this.#user;
    if (user === undefined || this.#isInFrame) return;
    this.#isInFrame = true;
    try {
      while (this.#user === user && this.#buffered >= FRAME_SIZE_BYTES) {
        const reading = user.next();
        if (reading instanceof Promise) return void reading.then(() => this.#frameDone(user), (reason: unknown) => this.#framesEnded(user, reason));
        user.done();
      }
      if (this.#user === user) this.#beforeMore();
    } catch (reason) {
      return this.#framesEnded(user, reason);
    }
    this.#isInFrame = false;
  }

  #frameDone(user: FrameUser): void {
    this.#isInFrame = false;
    user.done();
    this.#turn();
  }

  #framesEnded(user: FrameUser, reason: unknown): void {
    this.#user = undefined;
    user.ended(reason);
  }

  #end(failure?: Error): void {
    this.#failure ??= failure;
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake === undefined) this.#turn();
    else wake();
  }

  #beforeMore(): void {
    if (this.#ended) throw new StreamEnded(this.#buffered, this.#failure);
    this.#beforeWait();
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  async #more(): Promise<void> {
    this.#beforeMore();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** At least `bytes` contiguous bytes from `at` on, not yet consumed: to be looked at now, not to be kept. Joins what it needs of several pieces: for heads, not for bodies. */
  ensure(bytes: number): Soon<Buffer> {
    const [first] = this.#chunks;
    return first !== undefined && first.bytes.length - first.at >= bytes ? first.bytes : this.#ensureLater(bytes);
  }

  async #ensureLater(bytes: number): Promise<Buffer> {
    while (this.#buffered < bytes) await this.#more();
    const joined = Buffer.allocUnsafe(bytes);
    let at = 0;
    while (at < bytes) {
      const first = this.#chunks[0] as Chunk;
      const copied = first.bytes.copy(joined, at, first.at);
      at += copied;
      this.#drop(first, copied);
    }
    this.#chunks.unshift({ bytes: joined, at: 0, lease: undefined });
    return joined;
  }

  /** Drops `bytes` from the front; they must have been ensured. */
  consume(bytes: number): void {
    this.#buffered -= bytes;
    let left = bytes;
    while (left > 0) {
      const first = this.#chunks[0] as Chunk;
      const dropped = Math.min(left, first.bytes.length - first.at);
      left -= dropped;
      this.#drop(first, dropped);
    }
  }

  #drop(first: Chunk, bytes: number): void {
    first.at += bytes;
    if (first.at < first.bytes.length) return;
    this.#chunks.shift();
    first.lease?.release();
  }

  /** Exactly `bytes` bytes as one buffer, copied once at most, however many pieces they came in. Nobody else reads or changes it; it may be a part of a larger piece, which it keeps. */
  take(bytes: number): Soon<Buffer> {
    const [first] = this.#chunks;
    if (first !== undefined && first.lease === undefined && first.bytes.length - first.at >= bytes) {
      const whole = first.bytes.subarray(first.at, first.at + bytes);
      this.consume(bytes);
      return whole;
    }
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
      const { bytes: chunk, at, lease } = first;
      const end = Math.min(chunk.length, at + left);
      const piece = at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end);
      left -= piece.length;
      // `to` comes before `consume`, which may give the memory back.
      const wait = to(piece, lease);
      this.consume(piece.length);
      if (wait !== undefined) return { left, wait };
    }
    return { left, wait: undefined };
  }
}
