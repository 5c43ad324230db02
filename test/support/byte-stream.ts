import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { ByteSource } from '../../src/gateway/bytes/byte-source.ts';

/** A source that gets exactly these pieces, and then its end. */
export function sourceOf(pieces: readonly Buffer[]): ByteSource {
  const stream = new PassThrough();
  const source = new ByteSource(stream as unknown as Socket);
  for (const piece of pieces) stream.write(piece);
  stream.end();
  return source;
}

/** `bytes` cut into pieces of `size`. */
export function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}
