import { GwctlError } from '../shared/errors.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { compileStructReader, type Read } from './decode-compiler.ts';
import { compileStructWriter, type Write } from './encode-compiler.ts';
import type { MessageSchema } from './schema.ts';

interface Compiled {
  readonly read: Read;
  readonly write: Write;
}

const compiled = new WeakMap<MessageSchema<unknown>, Map<number, Compiled>>();
const sharedWriter = new ByteWriter(4096);

/**
 * The message in `bytes` from `start` to the end. Fields that the version lacks have their defaults. Buffers in it are views of `bytes`.
 * Throws PROTOCOL, with message, version, field and offset, for anything that is not exactly one message, and for one of more than `maxElements`
 * elements of lists and unknown tagged fields.
 */
export function decodeMessage<T>(schema: MessageSchema<T>, version: number, bytes: Buffer, start = 0, maxElements?: number): T {
  const { value, end } = decodePrefix(schema, version, bytes, start, maxElements);
  if (end !== bytes.length) throw wireError(schema, version, [], `${bytes.length - end} bytes left over at offset ${end}`);
  return value;
}

/** As decodeMessage, but says where the message ended instead of asking that nothing follows. */
export function decodePrefix<T>(schema: MessageSchema<T>, version: number, bytes: Buffer, start = 0, maxElements?: number): { value: T; end: number } {
  const { read } = compile(schema, version);
  const reader = new ByteReader(bytes, start, maxElements);
  try {
    return { value: read(reader) as T, end: reader.position };
  } catch (reason) {
    throw wireError(schema, version, reader.path, reason);
  }
}

/** The message as bytes. Fields that the version lacks are dropped; throws PROTOCOL when a value does not fit its field. */
export function encodeMessage<T>(schema: MessageSchema<T>, version: number, value: T): Buffer {
  const { write } = compile(schema, version);
  sharedWriter.reset();
  try {
    write(sharedWriter, value);
    return sharedWriter.toBuffer();
  } catch (reason) {
    throw wireError(schema, version, sharedWriter.path, reason);
  }
}

function compile(schema: MessageSchema<unknown>, version: number): Compiled {
  let byVersion = compiled.get(schema);
  if (byVersion === undefined) compiled.set(schema, (byVersion = new Map()));
  let found = byVersion.get(version);
  if (found === undefined) {
    const [low, high] = schema.validVersions;
    if (!(version >= low && version <= high)) throw new GwctlError('PROTOCOL', `${schema.name}: version ${version} (allowed: ${low} to ${high})`);
    const flexible = version >= schema.flexibleFrom;
    found = { read: compileStructReader(schema.fields, version, flexible), write: compileStructWriter(schema.fields, version, flexible) };
    byVersion.set(version, found);
  }
  return found;
}

function wireError(schema: MessageSchema<unknown>, version: number, path: readonly string[], reason: unknown): GwctlError {
  const field = path.join('.').replaceAll('.[', '[');
  const message = reason instanceof Error ? reason.message : String(reason);
  return new GwctlError('PROTOCOL', `${schema.name} v${version}${field === '' ? '' : ` ${field}`}: ${message}`, { cause: reason, details: { version, field } });
}
