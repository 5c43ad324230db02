import { Decompress } from 'fzstd';
import { GwctlError } from '../shared/errors.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** What Kafka's levels below 20 use at most: allowed whatever the result's limit, which a small message would not reach. */
const ALWAYS_ALLOWED_WINDOW_BYTES = 8 << 20;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;

/**
 * Zstandard frames, one after the other. Throws PROTOCOL for bad data, for results above `maxBytes`, and for a window above it and 8 MiB:
 * fzstd makes the window before it reads any content, so the frame's word for it is checked first, for each frame.
 */
export function decompressZstd(bytes: Buffer, maxBytes: number): Buffer {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = findFrameEnd(bytes, start, maxBytes);
    const stream = new Decompress((chunk) => {
      total += chunk.length;
      if (total > maxBytes) throw fault(`result of more than ${maxBytes} bytes (allowed: ${maxBytes})`);
      chunks.push(chunk);
    });
    try {
      if (bytes.readUInt32LE(start) === MAGIC) stream.push(bytes.subarray(start, end), true);
    } catch (reason) {
      throw reason instanceof GwctlError ? reason : fault(reason instanceof Error ? reason.message : String(reason));
    }
    start = end;
  }
  return Buffer.concat(chunks, total);
}

/** Walks block headers; the content stays unread. */
function findFrameEnd(bytes: Buffer, start: number, maxBytes: number): number {
  const magic = readLe(bytes, start, 4);
  if (magic - (magic % 16) === SKIPPABLE_MAGIC) return checkEnd(bytes, start + 8 + readLe(bytes, start + 4, 4));
  if (magic !== MAGIC) throw fault(`no frame magic at offset ${start}`);
  const descriptor = readLe(bytes, start + 4, 1);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  let at = start + 5;
  let windowBytes = 0;
  if (!isSingleSegment) {
    const code = readLe(bytes, at++, 1);
    windowBytes = 2 ** (10 + (code >> 3)) * (1 + (code & 7) / 8);
  }
  at += [0, 1, 2, 4][descriptor & 3] as number;
  if (isSingleSegment) windowBytes = readSize(bytes, at, contentSizeBytes);
  const maxWindowBytes = Math.max(maxBytes, ALWAYS_ALLOWED_WINDOW_BYTES);
  if (windowBytes > maxWindowBytes) throw fault(`window of ${windowBytes} bytes (allowed: ${maxWindowBytes})`);
  at += contentSizeBytes;
  for (let isLast = false; !isLast; ) {
    const header = readLe(bytes, at, 3);
    isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    if (type === BLOCK_RESERVED) throw fault(`block type ${type} at offset ${at} (allowed: 0 to 2)`);
    at += 3 + (type === BLOCK_RLE ? 1 : header >> 3);
  }
  return checkEnd(bytes, at + (hasChecksum ? 4 : 0));
}

function readSize(bytes: Buffer, at: number, byteCount: number): number {
  if (byteCount === 8) return readLe(bytes, at, 4) + readLe(bytes, at + 4, 4) * 2 ** 32;
  return readLe(bytes, at, byteCount) + (byteCount === 2 ? 256 : 0);
}

function readLe(bytes: Buffer, at: number, byteCount: number): number {
  checkEnd(bytes, at + byteCount);
  return bytes.readUIntLE(at, byteCount);
}

function checkEnd(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw fault(`frame is cut off: ${end} bytes needed (there are: ${bytes.length})`);
  return end;
}

function fault(message: string): GwctlError {
  return new GwctlError('PROTOCOL', `zstd: ${message}`);
}
