import { GwctlError } from '../shared/errors.ts';
import type { Emit, FrameBytes } from './byte-source.ts';

/** What sends something else than Kafka frames to a Kafka port usually sends one of these. */
function looksLike(prefix: Buffer): string {
  if (prefix[0] === 0x16 && prefix[1] === 0x03) return '; this looks like TLS: set security.protocol to a plaintext one, or connect to a TLS listener';
  const text = prefix.toString('latin1', 0, 4);
  if (/^(GET |POST|PUT |HEAD|OPTI|DELE|PATC|CONN|HTTP)/.test(text)) return '; this looks like HTTP: the admin API listens on another port';
  return '';
}

/** The size of the next frame, checked before anything is kept for it. */
export async function readFrameSize(source: FrameBytes, maxBytes: number): Promise<number> {
  const prefix = await source.ensure(4);
  const size = prefix.readInt32BE(0);
  if (size < 0 || size > maxBytes) throw new GwctlError('PROTOCOL', `frame of ${size} bytes (allowed: 0 to ${maxBytes})${looksLike(prefix)}`);
  source.consume(4);
  return size;
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
  async bytes(bytes: number, field: string): Promise<Buffer> {
    this.#claim(bytes, field);
    const view = await this.#source.ensure(bytes);
    const piece = Buffer.from(view.subarray(0, bytes));
    this.#source.consume(bytes);
    this.remaining -= bytes;
    return piece;
  }

  async varint(field: string): Promise<{ value: number; raw: Buffer }> {
    for (let length = 1; length <= 5; length++) {
      this.#claim(length, field);
      const view = await this.#source.ensure(length);
      if ((view[length - 1] as number) & 0x80) continue;
      let value = 0;
      for (let index = 0; index < length; index++) value += ((view[index] as number) & 0x7f) * 2 ** (7 * index);
      return { value, raw: await this.bytes(length, field) };
    }
    throw new GwctlError('PROTOCOL', `${this.#what}: ${field} is a varint of more than 5 bytes`);
  }

  /** The length in front of an array, string or byte field; -1 is null. */
  async length(kind: 'int16' | 'int32', field: string): Promise<{ value: number; raw: Buffer }> {
    if (this.flexible) {
      const { value, raw } = await this.varint(field);
      return { value: value - 1, raw };
    }
    const raw = await this.bytes(kind === 'int16' ? 2 : 4, field);
    const value = kind === 'int16' ? raw.readInt16BE(0) : raw.readInt32BE(0);
    if (value < -1) throw new GwctlError('PROTOCOL', `${this.#what}: ${field} has length ${value}`);
    return { value, raw };
  }

  async string(field: string): Promise<string | null> {
    const { value } = await this.length('int16', field);
    return value < 0 ? null : (await this.bytes(value, field)).toString('utf8');
  }

  /** The string that comes next, left where it is. */
  async peekString(field: string): Promise<string | null> {
    const prefix = await this.#source.ensure(Math.min(this.remaining, this.flexible ? 5 : 2));
    let bytes = this.flexible ? 1 : 2;
    while (this.flexible && bytes < prefix.length && (prefix[bytes - 1] as number) & 0x80) bytes++;
    let length = this.flexible ? -1 : prefix.readInt16BE(0);
    if (this.flexible) for (let index = 0; index < bytes; index++) length += ((prefix[index] as number) & 0x7f) * 2 ** (7 * index);
    if (length < 0) return null;
    this.#claim(bytes + length, field);
    return (await this.#source.ensure(bytes + length)).toString('utf8', bytes, bytes + length);
  }

  /** The bytes of a tagged-field section as they are; nothing in classic encoding. */
  async tags(): Promise<Buffer> {
    if (!this.flexible) return EMPTY;
    const count = await this.varint('tagged fields');
    const pieces = [count.raw];
    for (let index = 0; index < count.value; index++) {
      const tag = await this.varint('tag');
      const size = await this.varint('tag size');
      pieces.push(tag.raw, size.raw, await this.bytes(size.value, 'tagged field'));
    }
    return pieces.length === 1 ? count.raw : Buffer.concat(pieces);
  }

  /** Hands the next `bytes` bytes on as they arrive. */
  async pass(bytes: number, field: string, to: Emit): Promise<void> {
    this.#claim(bytes, field);
    this.remaining -= bytes;
    await this.#source.pass(bytes, to);
  }
}

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
