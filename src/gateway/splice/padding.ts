import { GwctlError } from '../../shared/errors.ts';
import { encodeVarint } from '../frame-reader.ts';

/** The least that can be padded: a tag and a size of zero. */
export const LEAST_PADDING = 2;

/** Tags that Kafka does not use and that every reader skips (KIP-482), one of each length, so that each number of bytes can be reached. */
const SHORT_TAG = 120;
const LONG_TAG = 12_000;
const ZEROS = Buffer.alloc(1 << 16);

/**
 * The last tag section of a frame whose size was sent before it was known: `tags`, longer by exactly `bytes`, with zeros in a tagged field
 * that nobody reads. In pieces, because what is padded may be as long as the records that were left out.
 */
export function* padTags(tags: Buffer, bytes: number): Generator<Buffer> {
  const { count, end } = readCount(tags);
  const counted = encodeVarint(count + 1);
  const field = bytes - (counted.length - end);
  for (const tag of [SHORT_TAG, LONG_TAG]) {
    const head = encodeVarint(tag);
    for (let sizeBytes = 1; sizeBytes <= 5; sizeBytes++) {
      const zeros = field - head.length - sizeBytes;
      if (zeros < 0 || encodeVarint(zeros).length !== sizeBytes) continue;
      yield Buffer.concat([counted, tags.subarray(end), head, encodeVarint(zeros)]);
      for (let left = zeros; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
      return;
    }
  }
  throw new GwctlError('INTERNAL', `${bytes} bytes of padding (allowed: ${LEAST_PADDING} and more)`);
}

function readCount(tags: Buffer): { count: number; end: number } {
  let count = 0;
  for (let end = 0; end < tags.length; end++) {
    const byte = tags.readUInt8(end);
    count += (byte & 0x7f) * 2 ** (7 * end);
    if ((byte & 0x80) === 0) return { count, end: end + 1 };
  }
  throw new GwctlError('INTERNAL', 'a tag section without an end');
}
