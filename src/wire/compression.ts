import { gunzipSync } from 'node:zlib';
import { GwctlError } from '../shared/errors.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';
import { decompressZstd } from './zstd.ts';

/** By their number in a batch's attributes. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type Compression = (typeof COMPRESSIONS)[number];

/** Throws PROTOCOL when the bytes are not what they claim to be, or become more than `maxBytes`. */
export function decompress(compression: Compression, bytes: Buffer, maxBytes: number): Buffer {
  switch (compression) {
    case 'none': return bytes;
    case 'gzip': return decompressGzip(bytes, maxBytes);
    case 'snappy': return decompressSnappy(bytes, maxBytes);
    case 'lz4': return decompressLz4(bytes, maxBytes);
    case 'zstd': return decompressZstd(bytes, maxBytes);
  }
}

function decompressGzip(bytes: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (reason) {
    throw new GwctlError('PROTOCOL', `gzip: ${reason instanceof Error ? reason.message : String(reason)} (allowed: ${maxBytes} bytes)`, { cause: reason });
  }
}
