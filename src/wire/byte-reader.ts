import { GwctlError } from '../shared/errors.ts';

/** Kafka's own limit for strings; compact strings could say more, but no broker accepts it. */
const MAX_STRING_BYTES = 0x7fff;

/**
 * Reads Kafka's primitives from a buffer and never past its end. Lengths and counts are checked against what is left before anything
 * is made from them. Throws GwctlError('PROTOCOL') that names the offset; buffers it returns are views, not copies.
 */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;
  /** Where a failed read was, innermost last; filled by the codec while an error unwinds. */
  readonly path: string[] = [];
  readonly #maxElements: number;
  #elements = 0;

  constructor(buffer: Buffer, start = 0, maxElements: number = Number.POSITIVE_INFINITY) {
    this.buffer = buffer;
    this.position = start;
    this.#maxElements = maxElements;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  readInt8(): number {
    return this.buffer.readInt8(this.#take(1));
  }

  readBool(): boolean {
    return this.buffer.readInt8(this.#take(1)) !== 0;
  }

  readInt16(): number {
    return this.buffer.readInt16BE(this.#take(2));
  }

  readUint16(): number {
    return this.buffer.readUInt16BE(this.#take(2));
  }

  readInt32(): number {
    return this.buffer.readInt32BE(this.#take(4));
  }

  readUint32(): number {
    return this.buffer.readUInt32BE(this.#take(4));
  }

  readInt64(): bigint {
    return this.buffer.readBigInt64BE(this.#take(8));
  }

  readFloat64(): number {
    return this.buffer.readDoubleBE(this.#take(8));
  }

  /** 16 bytes as base64url, 22 characters, which is how Kafka prints them. */
  readUuid(): string {
    const start = this.#take(16);
    return this.buffer.toString('base64url', start, start + 16);
  }

  /** At most 5 bytes, at most 2^32 - 1. */
  readUnsignedVarint(): number {
    const start = this.position;
    let value = 0;
    for (let index = 0; index < 5; index++) {
      const byte = this.#nextByte();
      if (index === 4 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw this.fault(`varint of more than 32 bits at offset ${start}`);
  }

  /** Zig-zag, 32 bits. */
  readVarint(): number {
    const value = this.readUnsignedVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Zig-zag, 64 bits, at most 10 bytes. */
  readVarlong(): bigint {
    const start = this.position;
    let low = 0; // the first 7 bytes are 49 bits: exact as a number
    for (let index = 0; index < 7; index++) {
      const byte = this.#nextByte();
      low += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return zigzag(BigInt(low));
    }
    let value = BigInt(low);
    for (let index = 7; index < 10; index++) {
      const byte = this.#nextByte();
      if (index === 9 && byte > 1) break;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return zigzag(value);
    }
    throw this.fault(`varlong of more than 64 bits at offset ${start}`);
  }

  /** A length before strings (16 bits) and bytes (32 bits), or, compact, a varint one above it; null for -1. */
  readLength(bits: 16 | 32, compact: boolean): number | null {
    const start = this.position;
    const length = compact ? this.readUnsignedVarint() - 1 : bits === 16 ? this.readInt16() : this.readInt32();
    if (length === -1) return null;
    if (length < 0) throw this.fault(`length ${length} at offset ${start} (allowed: -1 or more)`);
    return length;
  }

  readString(compact: boolean): string | null {
    const start = this.position;
    const length = this.readLength(16, compact);
    if (length === null) return null;
    if (length > MAX_STRING_BYTES) throw this.fault(`string of ${length} bytes at offset ${start} (allowed: ${MAX_STRING_BYTES})`);
    const from = this.#take(length);
    return this.buffer.toString('utf8', from, from + length);
  }

  readBytes(compact: boolean): Buffer | null {
    const length = this.readLength(32, compact);
    return length === null ? null : this.readSlice(length);
  }

  readSlice(byteCount: number): Buffer {
    if (byteCount < 0) throw this.fault(`length ${byteCount} at offset ${this.position} (allowed: 0 or more)`);
    const from = this.#take(byteCount);
    return this.buffer.subarray(from, from + byteCount);
  }

  /** An element count whose elements need at least `minElementBytes` each; null for -1. */
  readCount(compact: boolean, minElementBytes: number): number | null {
    const start = this.position;
    const count = this.readLength(32, compact);
    if (count !== null && count * minElementBytes > this.remaining) {
      throw this.fault(`array of ${count} elements at offset ${start} needs ${count * minElementBytes} bytes or more (left: ${this.remaining})`);
    }
    return count;
  }

  /** To be called before so many objects are made: two bytes can ask for one, which takes a hundred. */
  claimElements(count: number): void {
    this.#elements += count;
    if (this.#elements > this.#maxElements) throw this.fault(`${this.#elements} elements or more at offset ${this.position} (allowed: ${this.#maxElements} in a message)`);
  }

  /** The error for what is wrong here; the codec puts message, version and field before it. */
  fault(message: string): GwctlError {
    return new GwctlError('PROTOCOL', message);
  }

  #take(byteCount: number): number {
    const from = this.position;
    if (byteCount > this.buffer.length - from) {
      throw this.fault(`${byteCount} bytes needed at offset ${from} (left: ${Math.max(0, this.buffer.length - from)})`);
    }
    this.position = from + byteCount;
    return from;
  }

  #nextByte(): number {
    return this.buffer[this.#take(1)] as number;
  }
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}
