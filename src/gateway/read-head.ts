import { GwctlError } from '../shared/errors.ts';
import { readRequestHeader, type RequestHead } from '../wire/headers.ts';
import type { FrameBytes } from './byte-source.ts';

/** A head is looked at in this many bytes; a longer one (a long client id) in as many as a head can have. */
const HEAD_BYTES = 512;
const LONGEST_HEAD_BYTES = 70_000;

/** The head of a request of `size` bytes, which stays unread. */
export async function readHead(source: FrameBytes, size: number): Promise<RequestHead> {
  for (const limit of [HEAD_BYTES, LONGEST_HEAD_BYTES]) {
    const bytes = Math.min(size, limit);
    const view = (await source.ensure(bytes)).subarray(0, bytes);
    try {
      return readRequestHeader(view);
    } catch (reason) {
      if (bytes === size || limit === LONGEST_HEAD_BYTES) throw reason;
    }
  }
  throw new GwctlError('PROTOCOL', `request head of more than ${LONGEST_HEAD_BYTES} bytes`);
}
