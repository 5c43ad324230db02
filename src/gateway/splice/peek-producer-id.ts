import { GwctlError } from '../../shared/errors.ts';
import { ByteReader } from '../../wire/byte-reader.ts';
import { BATCH, BATCH_HEADER_BYTES } from '../../wire/record-batch.ts';
import type { FrameReader } from '../bytes/frame-reader.ts';

/** A topic's name has at most 249 characters: the first batch's head is among these, unless its transactional id is a long one. */
const FIRST_BYTES = 512;

/**
 * The producer of a Produce request's body of which nothing was read yet, and nothing is by this: that of its first batch, since all in one request are one
 * client's. undefined: it cannot be told from the first bytes.
 */
export async function peekProducerId(reader: FrameReader, isById: boolean): Promise<bigint | undefined> {
  const bytes = Math.min(reader.remaining, FIRST_BYTES);
  try {
    return readProducerId(new ByteReader((await reader.peek(bytes, 'first batch')).subarray(0, bytes)), reader.flexible, isById);
  } catch (reason) {
    if (reason instanceof GwctlError && reason.code === 'PROTOCOL') return undefined;
    throw reason;
  }
}

function readProducerId(bytes: ByteReader, flexible: boolean, isById: boolean): bigint | undefined {
  bytes.readString(flexible); // transactional id
  bytes.readInt16(); // acks
  bytes.readInt32(); // timeout
  if ((bytes.readCount(flexible, 0) ?? 0) === 0) return undefined;
  if (isById) bytes.readUuid();
  else bytes.readString(flexible);
  if ((bytes.readCount(flexible, 0) ?? 0) === 0) return undefined;
  bytes.readInt32(); // partition
  const size = bytes.readLength(32, flexible) ?? 0;
  return size < BATCH_HEADER_BYTES || bytes.remaining < BATCH_HEADER_BYTES ? undefined : bytes.buffer.readBigInt64BE(bytes.position + BATCH.producerId);
}
