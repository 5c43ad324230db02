import { readRequestHeader, type RequestHead } from '../../wire/headers.ts';
import type { FrameBytes } from './byte-source.ts';
import { after, type Soon } from './soon.ts';

/** A head is looked at in this many bytes; a longer one (a long client id) in as many as a head can have. */
const HEAD_BYTES = 512;
const LONGEST_HEAD_BYTES = 70_000;

/** The head of a request of `size` bytes, which stays unread. */
export function readHead(source: FrameBytes, size: number, limit = HEAD_BYTES): Soon<RequestHead> {
  const bytes = Math.min(size, limit);
  return after(source.ensure(bytes), (view) => {
    try {
      return readRequestHeader(view.subarray(source.at, source.at + bytes));
    } catch (reason) {
      if (bytes === size || limit === LONGEST_HEAD_BYTES) throw reason;
      return readHead(source, size, LONGEST_HEAD_BYTES);
    }
  });
}
