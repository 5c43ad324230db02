import { isUtf8 } from 'node:buffer';
import { GwctlError } from '../../shared/errors.ts';
import type { Emit, FrameBytes } from './byte-source.ts';
import { after, type Soon } from './soon.ts';

/** What sends something else than Kafka frames to a Kafka port usually sends one of these. */
function looksLike(prefix: Buffer): string {
  if (prefix[0] === 0x16 && prefix[1] === 0x03) return '; this looks like TLS: set security.protocol to a plaintext one, or connect to a TLS listener';
  const text = prefix.toString('latin1', 0, 4);
  if (/^(GET |POST|PUT |HEAD|OPTI|DELE|PATC|CONN|HTTP)/.test(text)) return '; this looks like HTTP: the admin API listens on another port';
  return '';
}

/** Elements of lists in one request, of which something is kept: more than any client has partitions, and 20 MB at most. */
export const MAX_REQUEST_ELEMENTS = 250_000;

/** The size of the next frame, checked before anything is kept for it. */
export function readFrameSize(source: FrameBytes, maxBytes: number): Soon<number> {
  return after(source.ensure(4), (prefix) => {
    const size = prefix.readInt32BE(source.at);
    if (size < 0 || size > maxBytes) throw new GwctlError('PROTOCOL', `frame of ${size} bytes (allowed: 0 to ${maxBytes})${looksLike(prefix.subarray(source.at))}`);
    source.consume(4);
    return size;
  });
}

/**
 * Reads the fields of one frame straight from the socket, never past the frame's end: a length that a peer claims is checked against
 * what is left of the frame before any byte is waited for. Both encodings: classic, and compact with tagged fields (KIP-482).
 */
export class FrameReader {
  readonly #source: FrameBytes;
  readonly #what: string;
  readonly flexible: boolean;
  remaining: number;
  #counted = 0;

  constructor(source: FrameBytes, size: number, flexible: boolean, what: string) {
    this.#source = source;
    this.remaining = size;
    this.flexible = flexible;
    this.#what = what;
  }

  #claim(bytes: number, field: string): void {
    if (bytes < 0 || bytes > this.remaining) {
      throw new GwctlError('PROTOCOL', `${this.#what}: ${field} of ${bytes} bytes, but ${this.remaining} are left in the frame`);
    }
  }

  /** `bytes` raw bytes, consumed and the caller's own: what is behind them may be read again before the caller is done. */
  bytes(bytes: number, field: string): Soon<Buffer> {
    this.#claim(bytes, field);
    const view = this.#source.ensure(bytes);
    return view instanceof Promise ? view.then((late) => this.#cut(late, bytes)) : this.#cut(view, bytes);
  }

  #cut(view: Buffer, bytes: number): Buffer {
    const { at } = this.#source;
    const piece = Buffer.allocUnsafe(bytes);
    view.copy(piece, 0, at, at + bytes);
    this.#source.consume(bytes);
    this.remaining -= bytes;
    return piece;
  }

  varint(field: string): Soon<Measured> {
    return this.#varint(field, 1);
  }

  /** One that has at least `length` bytes. */
  #varint(field: string, length: number): Soon<Measured> {
    this.#claim(length, field);
    return after(this.#source.ensure(length), (view) => {
      const { at } = this.#source;
      const last = view[at + length - 1] as number;
      // Brokers drop the bits beyond 32: they would read another number.
      if (length === MAX_VARINT_BYTES && last > 0x0f) throw new GwctlError('PROTOCOL', `${this.#what}: ${field} is a varint of more than 32 bits`);
      if (last & 0x80) return this.#varint(field, length + 1);
      let value = 0;
      for (let index = 0; index < length; index++) value += ((view[at + index] as number) & 0x7f) * (VARINT_PLACES[index] as number);
      return { value, raw: this.#cut(view, length) };
    });
  }

  /** The length in front of an array, string or byte field; -1 is null. */
  length(kind: 'int16' | 'int32', field: string): Soon<Measured> {
    const ready = this.flexible && this.readable >= MAX_VARINT_BYTES ? this.lengthAt(0) : undefined;
    if (ready !== undefined) return { value: ready.value, raw: this.#cut(this.#source.here, ready.end) };
    if (this.flexible) return after(this.varint(field), ({ value, raw }) => ({ value: value - 1, raw }));
    return after(this.bytes(kind === 'int16' ? 2 : 4, field), (raw) => {
      const value = kind === 'int16' ? raw.readInt16BE(0) : raw.readInt32BE(0);
      if (value < -1) throw new GwctlError('PROTOCOL', `${this.#what}: ${field} has length ${value}`);
      return { value, raw };
    });
  }

  /** The length of a list of which each element is kept: all lists of a frame together are limited. */
  count(field: string): Soon<Measured> {
    return after(this.length('int32', field), (count) => {
      this.#counted += Math.max(0, count.value);
      if (this.#counted > MAX_REQUEST_ELEMENTS) throw new GwctlError('PROTOCOL', `${this.#what}: ${this.#counted} ${field} (allowed: ${MAX_REQUEST_ELEMENTS})`);
      return count;
    });
  }

  /**
   * A string that will be written anew: from its length the size of the frame is reckoned. So what would be written in another length is
   * refused: else the end of a frame would be read as a frame of its own.
   */
  string(field: string): Soon<string | null> {
    return after(this.length('int16', field), ({ value, raw }) => {
      if (this.flexible && raw.length !== encodeVarint(value + 1).length) throw new GwctlError('PROTOCOL', `${this.#what}: the length of ${field} is not in its shortest form`);
      if (value > MAX_STRING_BYTES) throw new GwctlError('PROTOCOL', `${this.#what}: ${field} of ${value} bytes (allowed: ${MAX_STRING_BYTES})`);
      if (value < 0) return null;
      return after(this.bytes(value, field), (bytes) => {
        if (!isUtf8(bytes)) throw new GwctlError('PROTOCOL', `${this.#what}: ${field} is not UTF-8`);
        return bytes.toString('utf8');
      });
    });
  }

  /** The string that comes next, left where it is. */
  async peekString(field: string): Promise<string | null> {
    const wanted = Math.min(this.remaining, this.flexible ? 5 : 2);
    const view = await this.#source.ensure(wanted);
    const prefix = view.subarray(this.#source.at, this.#source.at + wanted);
    let bytes = this.flexible ? 1 : 2;
    while (this.flexible && bytes < prefix.length && (prefix[bytes - 1] as number) & 0x80) bytes++;
    let length = this.flexible ? -1 : prefix.readInt16BE(0);
    if (this.flexible) for (let index = 0; index < bytes; index++) length += ((prefix[index] as number) & 0x7f) * (VARINT_PLACES[index] as number);
    if (length < 0) return null;
    this.#claim(bytes + length, field);
    const text = await this.#source.ensure(bytes + length);
    return text.toString('utf8', this.#source.at + bytes, this.#source.at + bytes + length);
  }

  /** The bytes of a tagged-field section as they are; nothing in classic encoding. */
  tags(): Soon<Buffer> {
    if (!this.flexible) return EMPTY;
    return after(this.varint('tagged fields'), (count) => (count.value === 0 ? count.raw : this.#someTags(count)));
  }

  async #someTags(count: Measured): Promise<Buffer> {
    const pieces = [count.raw];
    let bytes = 0;
    for (let index = 0; index < count.value; index++) {
      const tag = await this.varint('tag');
      const size = await this.varint('tag size');
      bytes += tag.raw.length + size.raw.length + size.value;
      if (bytes > MAX_TAG_BYTES) throw new GwctlError('PROTOCOL', `${this.#what}: tagged fields of ${bytes} bytes or more (allowed: ${MAX_TAG_BYTES})`);
      pieces.push(tag.raw, size.raw, await this.bytes(size.value, 'tagged field'));
    }
    return Buffer.concat(pieces);
  }

  /** The next `bytes` bytes, left where they are: to be looked at now, not to be kept. */
  peek(bytes: number, field: string): Soon<Buffer> {
    this.#claim(bytes, field);
    return after(this.#source.ensure(bytes), (view) => view.subarray(this.#source.at, this.#source.at + bytes));
  }

  /** How many bytes of the frame are here in one piece. The methods `…At` look at them, `offset` bytes ahead, without a promise or a copy. */
  get readable(): number {
    return Math.min(this.#source.readable, this.remaining);
  }

  byteAt(offset: number): number {
    return this.#source.here[this.#source.at + offset] as number;
  }

  int16At(offset: number): number {
    return this.#source.here.readInt16BE(this.#source.at + offset);
  }

  int32At(offset: number): number {
    return this.#source.here.readInt32BE(this.#source.at + offset);
  }

  /** As `length` of an int32: the value, and where it ends; undefined when it is longer than any, and `length` will say what is wrong with it. */
  lengthAt(offset: number): { readonly value: number; readonly end: number } | undefined {
    if (!this.flexible) return { value: this.int32At(offset), end: offset + 4 };
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.byteAt(offset + index);
      value += (byte & 0x7f) * (VARINT_PLACES[index] as number);
      if (byte < 0x80) return value > 0xffff_ffff ? undefined : { value: value - 1, end: offset + index + 1 };
    }
    return undefined;
  }

  /** To be called behind the last field: what is left would be read as the next frame. */
  end(): void {
    if (this.remaining !== 0) throw new GwctlError('PROTOCOL', `${this.#what}: ${this.remaining} bytes behind the last field`);
  }

  /** Hands the next `bytes` bytes on as they arrive. */
  pass(bytes: number, field: string, to: Emit): Soon<void> {
    this.#claim(bytes, field);
    this.remaining -= bytes;
    return this.#source.pass(bytes, to);
  }
}

/** A number, and the bytes that said it. */
export interface Measured {
  readonly value: number;
  readonly raw: Buffer;
}

const MAX_VARINT_BYTES = 5;
/** What each byte of a varint is worth. */
const VARINT_PLACES = [1, 2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28];
/** Kafka's own limit for strings. */
const MAX_STRING_BYTES = 0x7fff;
/** Tags are kept while they are read, and take many times their bytes; Kafka's own are a few dozen. */
const MAX_TAG_BYTES = 1 << 16;
const EMPTY = Buffer.alloc(0);

/** A string in the encoding of the frame. */
export function encodeString(text: string | null, flexible: boolean): Buffer {
  if (text === null) return flexible ? Buffer.from([0]) : Buffer.from([0xff, 0xff]);
  const bytes = Buffer.from(text, 'utf8');
  if (!flexible) {
    const prefix = Buffer.alloc(2);
    prefix.writeInt16BE(bytes.length);
    return Buffer.concat([prefix, bytes]);
  }
  return Buffer.concat([encodeVarint(bytes.length + 1), bytes]);
}

export function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return Buffer.from(bytes);
}

export function encodeInt32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
