import { GwctlError } from '../shared/errors.ts';
import { decodePrefix, encodeMessage } from './codec.ts';
import type { MessageSchema } from './schema.ts';

/** Bytes inside group messages, which begin with their own version. */
export interface VersionedMessage<T> {
  readonly version: number;
  readonly value: T;
  /** What a version newer than ours has at its end; kept as it came. */
  readonly rest: Buffer;
}

/**
 * A consumer's subscription or assignment. As Kafka's own reader does, a version newer than ours is read as our newest one. Throws PROTOCOL:
 * members of other protocol types ("connect") put different bytes into the same field.
 */
export function readVersioned<T>(schema: MessageSchema<T>, bytes: Buffer): VersionedMessage<T> {
  const version = bytes.length >= 2 ? bytes.readInt16BE(0) : -1;
  if (version < 0) throw new GwctlError('PROTOCOL', `${schema.name}: version ${version} in ${bytes.length} bytes (allowed: 0 or more)`);
  const { value, end } = decodePrefix(schema, Math.min(version, schema.validVersions[1]), bytes, 2);
  return { version, value, rest: bytes.subarray(end) };
}

/** The bytes of what readVersioned returned, with `value` perhaps changed. */
export function writeVersioned<T>(schema: MessageSchema<T>, { version, value, rest }: VersionedMessage<T>): Buffer {
  const head = Buffer.alloc(2);
  head.writeInt16BE(version);
  return Buffer.concat([head, encodeMessage(schema, Math.min(version, schema.validVersions[1]), value), rest]);
}
