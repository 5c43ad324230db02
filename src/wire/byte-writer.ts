import { GwctlError } from '../shared/errors.ts';

const MAX_STRING_BYTES = 0x7fff;
const SHORT_TEXT = 64;
/** A kept writer gives its memory back when one message made it larger than this. */
const MAX_KEPT_BYTES = 1 << 20;

/** Writes Kafka's primitives into a buffer that grows. May be used again after `reset`. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;
  /** As in ByteReader. */
  readonly path: string[] = [];

  constructor(initialBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#length = 0;
    this.path.length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = Buffer.allocUnsafe(MAX_KEPT_BYTES);
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    const bytes = Buffer.allocUnsafe(this.#length);
    this.copyTo(bytes, 0);
    return bytes;
  }

  copyTo(target: Buffer, at: number): void {
    this.#buffer.copy(target, at, 0, this.#length);
  }

  writeInt8(value: number): void {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
  }

  writeBool(value: boolean): void {
    if (typeof value !== 'boolean') throw this.fault(`${String(value)} is not a boolean`);
    this.writeInt8(value ? 1 : 0);
  }

  writeInt16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
  }

  writeUint16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16BE(value, at);
  }

  writeInt32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
  }

  writeUint32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  writeInt64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  writeFloat64(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  writeUuid(value: string): void {
    const bytes = Buffer.from(value, 'base64url');
    if (bytes.length !== 16) throw this.fault(`uuid "${value}" has ${bytes.length} bytes (allowed: 16)`);
    this.writeSlice(bytes);
  }

  writeUnsignedVarint(value: number): void {
    if (!(value >= 0 && value <= 0xffffffff)) throw this.fault(`${value} is not an unsigned varint (allowed: 0 to 4294967295)`);
    let rest = value;
    let at = this.#room(5);
    while (rest >= 0x80) {
      this.#buffer[at++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[at++] = rest;
    this.#length = at;
  }

  writeVarint(value: number): void {
    this.writeUnsignedVarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  writeVarlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    let at = this.#room(10);
    while (rest >= 0x80n) {
      this.#buffer[at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[at++] = Number(rest);
    this.#length = at;
  }

  writeLength(length: number | null, bits: 16 | 32, compact: boolean): void {
    if (compact) this.writeUnsignedVarint(length === null ? 0 : length + 1);
    else if (bits === 16) this.writeInt16(length ?? -1);
    else this.writeInt32(length ?? -1);
  }

  writeString(value: string, compact: boolean): void {
    if (value.length <= SHORT_TEXT && this.#writeAscii(value, compact)) return;
    const byteCount = Buffer.byteLength(value, 'utf8');
    if (byteCount > MAX_STRING_BYTES) throw this.fault(`string of ${byteCount} bytes (allowed: ${MAX_STRING_BYTES})`);
    this.writeLength(byteCount, 16, compact);
    const at = this.#room(byteCount);
    this.#buffer.write(value, at, byteCount, 'utf8');
  }

  /** Most strings are names of a few letters: to copy these one by one takes less than the two calls into Node's own code. False where one is no ASCII. */
  #writeAscii(value: string, compact: boolean): boolean {
    const start = this.#length;
    this.writeLength(value.length, 16, compact);
    const at = this.#room(value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.#length = start;
        return false;
      }
      this.#buffer[at + index] = code;
    }
    return true;
  }

  writeBytes(value: Buffer, compact: boolean): void {
    this.writeLength(value.length, 32, compact);
    this.writeSlice(value);
  }

  writeSlice(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
  }

  /** What `write` writes, with its length as a varint before it. */
  writeSized(write: () => void): void {
    const start = this.#length;
    write();
    const end = this.#length;
    this.writeUnsignedVarint(end - start); // only to learn its size; the content moves up behind it
    const prefix = Buffer.from(this.#buffer.subarray(end, this.#length));
    this.#buffer.copyWithin(start + prefix.length, start, end);
    this.#buffer.set(prefix, start);
  }

  fault(message: string): GwctlError {
    return new GwctlError('PROTOCOL', message);
  }

  #room(byteCount: number): number {
    const at = this.#length;
    const needed = at + byteCount;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#length = needed;
    return at;
  }
}
