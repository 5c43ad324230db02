import { GwctlError } from '../../shared/errors.ts';
import { ByteReader } from '../../wire/byte-reader.ts';
import type { Emit } from '../bytes/byte-source.ts';
import { encodeInt32, encodeVarint } from '../bytes/frame-reader.ts';

/** The least that can be padded: a tag and a size of zero. */
export const LEAST_PADDING = 2;

/** Tags that Kafka does not use and that every reader skips (KIP-482), one of each length, so that each number of bytes can be reached; and others, should a peer use these. */
const PADDING_TAGS = [120, 12_000, 121, 12_001];
const ZEROS = Buffer.alloc(1 << 16);

/**
 * The last tag section of a frame whose size was sent before it was known: `tags`, longer by exactly `bytes`, with zeros in a tagged field
 * that nobody reads. In pieces, because what is padded may be as long as the records that were left out.
 */
export function* padTags(tags: Buffer, bytes: number): Generator<Buffer> {
  const { present, start } = readTags(tags);
  const counted = encodeVarint(present.length + 1);
  const field = bytes - (counted.length - start);
  for (const tag of PADDING_TAGS) {
    if (present.some((other) => other.tag === tag)) continue;
    const head = encodeVarint(tag);
    for (let sizeBytes = 1; sizeBytes <= 5; sizeBytes++) {
      const zeros = field - head.length - sizeBytes;
      if (zeros < 0 || encodeVarint(zeros).length !== sizeBytes) continue;
      // Tags ascend.
      const at = present.find((other) => other.tag > tag)?.start ?? tags.length;
      yield Buffer.concat([counted, tags.subarray(start, at), head, encodeVarint(zeros)]);
      for (let left = zeros; left > 0; left -= ZEROS.length) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
      if (at < tags.length) yield tags.subarray(at);
      return;
    }
  }
  throw new GwctlError('INTERNAL', `${bytes} bytes of padding (allowed: ${LEAST_PADDING} and more)`);
}

/** A frame whose size is sent before it is known: as long as it can become, and padded in the end. */
export class PaddedFrame {
  readonly #to: Emit;
  /** Without the four bytes that say the size. */
  #missing = 0;

  constructor(to: Emit) {
    this.#to = to;
  }

  begin(size: number, head: Buffer): void | Promise<void> {
    this.#missing = size - head.length;
    return this.#to(Buffer.concat([encodeInt32(size), head]));
  }

  readonly emit: Emit = (piece, lease) => {
    this.#missing -= piece.length;
    return this.#to(piece, lease);
  };

  /** With the last tag section. */
  end(tags: Buffer): void | Promise<void> {
    const padding = this.#missing - tags.length;
    return padding === 0 ? this.#to(tags) : this.#endPadded(tags, padding);
  }

  async #endPadded(tags: Buffer, padding: number): Promise<void> {
    for (const piece of padTags(tags, padding)) await this.#to(piece);
  }
}

/** The tags of a section and where they begin in it. */
function readTags(section: Buffer): { readonly present: readonly { readonly tag: number; readonly start: number }[]; readonly start: number } {
  const reader = new ByteReader(section);
  const count = reader.readUnsignedVarint();
  const { position } = reader;
  const present = Array.from({ length: count }, () => {
    const start = reader.position;
    const tag = reader.readUnsignedVarint();
    reader.readSlice(reader.readUnsignedVarint());
    return { tag, start };
  });
  return { present, start: position };
}
