import snappy from 'snappyjs';
import { GwctlError } from '../shared/errors.ts';

/** How Java's snappy library begins a stream of blocks: magic, then two 32-bit versions. librdkafka and Go write it or a bare block. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

/** Snappy, bare or in xerial's framing. Throws PROTOCOL for bad data and for results above `maxBytes`. */
export function decompressSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return decompressBlock(bytes, maxBytes);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const blockBytes = at + 4 <= bytes.length ? bytes.readInt32BE(at) : -1;
    at += 4;
    if (blockBytes < 0 || blockBytes > bytes.length - at) throw new GwctlError('PROTOCOL', `snappy: block of ${blockBytes} bytes at offset ${at} (left: ${Math.max(0, bytes.length - at)})`);
    const block = decompressBlock(bytes.subarray(at, at + blockBytes), maxBytes - total);
    blocks.push(block);
    total += block.length;
    at += blockBytes;
  }
  return Buffer.concat(blocks, total);
}

function decompressBlock(block: Buffer, maxBytes: number): Buffer {
  checkTags(block);
  try {
    return snappy.uncompress(block, maxBytes);
  } catch (reason) {
    throw new GwctlError('PROTOCOL', `snappy: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  }
}

/**
 * Walks the elements without copying: every literal must lie within the block. snappyjs 0.7.0 takes a literal length above 2^31 for a
 * negative one, steps backwards and never returns; this check may go once it does not.
 */
function checkTags(block: Buffer): void {
  let at = 0;
  while (at < block.length && (block[at] as number) >= 0x80) at++;
  at++;
  while (at < block.length) {
    const tag = block[at++] as number;
    const kind = tag & 3;
    if (kind !== 0) {
      at += kind === 3 ? 4 : kind;
      continue;
    }
    let literalBytes = (tag >>> 2) + 1;
    if (literalBytes > 60) {
      const lengthBytes = literalBytes - 60;
      if (at + lengthBytes > block.length) throw new GwctlError('PROTOCOL', `snappy: literal length at offset ${at} is cut off`);
      literalBytes = block.readUIntLE(at, lengthBytes) + 1;
      at += lengthBytes;
    }
    if (literalBytes > block.length - at) throw new GwctlError('PROTOCOL', `snappy: literal of ${literalBytes} bytes at offset ${at} (left: ${block.length - at})`);
    at += literalBytes;
  }
}
