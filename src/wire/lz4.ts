import lz4 from 'lz4js';
import { GwctlError } from '../shared/errors.ts';

const MAGIC = 0x184d2204;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const UNCOMPRESSED = 0x80000000;
const MAX_BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 0x10000, 5: 0x40000, 6: 0x100000, 7: 0x400000 };

interface Block {
  readonly start: number;
  readonly byteCount: number;
  readonly isCompressed: boolean;
}

/** One LZ4 frame. Throws PROTOCOL for bad data and for results above `maxBytes`. Checksums are not read: the batch has its own. */
export function decompressLz4(bytes: Buffer, maxBytes: number): Buffer {
  const { blocks, maxBlockBytes } = readFrame(bytes);
  // lz4js reads matches from the target, so all blocks share one: they may refer to earlier ones.
  const bound = Math.min(maxBytes, blocks.reduce((sum, block) => sum + (block.isCompressed ? Math.min(maxBlockBytes, block.byteCount * 255) : block.byteCount), 0));
  const target = Buffer.allocUnsafe(bound);
  let length = 0;
  for (const { start, byteCount, isCompressed } of blocks) {
    if (isCompressed) {
      length = lz4.decompressBlock(bytes, target, start, byteCount, length);
    } else if (byteCount <= bound - length) {
      length += bytes.copy(target, length, start, start + byteCount);
    } else {
      length += byteCount;
    }
    if (!(length <= bound)) throw fault(`result of more than ${bound} bytes (allowed: ${maxBytes})`);
  }
  return target.subarray(0, length);
}

function readFrame(bytes: Buffer): { blocks: Block[]; maxBlockBytes: number } {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw fault('no frame magic');
  const flags = bytes[4] as number;
  const maxBlockBytes = MAX_BLOCK_BYTES[((bytes[5] as number) >> 4) & 7];
  if (flags >> 6 !== 1) throw fault(`frame version ${flags >> 6} (allowed: 1)`);
  if (maxBlockBytes === undefined) throw fault(`block size code ${((bytes[5] as number) >> 4) & 7} (allowed: 4 to 7)`);
  let at = flags & FLAG_CONTENT_SIZE ? 15 : 7;
  const blocks: Block[] = [];
  for (;;) {
    if (at + 4 > bytes.length) throw fault(`frame is cut off at offset ${at}`);
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (size === 0) return { blocks, maxBlockBytes };
    const byteCount = size % UNCOMPRESSED;
    if (byteCount > bytes.length - at) throw fault(`block of ${byteCount} bytes at offset ${at} (left: ${bytes.length - at})`);
    blocks.push({ start: at, byteCount, isCompressed: size < UNCOMPRESSED });
    at += byteCount + (flags & FLAG_BLOCK_CHECKSUM ? 4 : 0);
  }
}

function fault(message: string): GwctlError {
  return new GwctlError('PROTOCOL', `lz4: ${message}`);
}
