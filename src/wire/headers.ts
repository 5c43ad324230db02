import { GwctlError } from '../shared/errors.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { APIS } from './generated/apis.ts';

/** ApiVersions answers always have the oldest header: the client does not know yet what the broker can read. */
const API_VERSIONS = 18;

const sharedHead = new ByteWriter();

export interface RequestHead {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Where the body starts in the frame. */
  readonly bodyStart: number;
}

/** Whether the version has compact lengths, tagged fields and the longer headers; false for APIs that we do not know. */
export function isFlexible(apiKey: number, apiVersion: number): boolean {
  const api = APIS.get(apiKey);
  return api !== undefined && apiVersion >= api.request.flexibleFrom;
}

/** The head of a request frame (without its 4 size bytes). Of an unknown API it is read as version 1. Throws PROTOCOL. */
export function readRequestHeader(frame: Buffer): RequestHead {
  const reader = new ByteReader(frame);
  return inHeader('request header', () => {
    const apiKey = reader.readInt16();
    const apiVersion = reader.readInt16();
    const correlationId = reader.readInt32();
    const clientId = reader.readString(false);
    if (isFlexible(apiKey, apiVersion)) skipTags(reader);
    return { apiKey, apiVersion, correlationId, clientId, bodyStart: reader.position };
  });
}

/** The head of a response frame (without its 4 size bytes), which does not say itself what it answers. Throws PROTOCOL. */
export function readResponseHeader(apiKey: number, apiVersion: number, frame: Buffer): { correlationId: number; bodyStart: number } {
  const reader = new ByteReader(frame);
  return inHeader('response header', () => {
    const correlationId = reader.readInt32();
    if (hasResponseTags(apiKey, apiVersion)) skipTags(reader);
    return { correlationId, bodyStart: reader.position };
  });
}

/** A whole request frame, size bytes included. */
export function encodeRequestFrame(
  api: number | { readonly key: number }, apiVersion: number, correlationId: number, clientId: string | null, bodyBytes: Buffer,
): Buffer {
  const apiKey = typeof api === 'number' ? api : api.key;
  sharedHead.reset();
  sharedHead.writeInt16(apiKey);
  sharedHead.writeInt16(apiVersion);
  sharedHead.writeInt32(correlationId);
  if (clientId === null) sharedHead.writeLength(null, 16, false);
  else sharedHead.writeString(clientId, false);
  if (isFlexible(apiKey, apiVersion)) sharedHead.writeUnsignedVarint(0);
  return sized(sharedHead, bodyBytes);
}

/** A whole response frame, size bytes included. */
export function encodeResponseFrame(apiKey: number, apiVersion: number, correlationId: number, bodyBytes: Buffer): Buffer {
  sharedHead.reset();
  sharedHead.writeInt32(correlationId);
  if (hasResponseTags(apiKey, apiVersion)) sharedHead.writeUnsignedVarint(0);
  return sized(sharedHead, bodyBytes);
}

function hasResponseTags(apiKey: number, apiVersion: number): boolean {
  return apiKey !== API_VERSIONS && isFlexible(apiKey, apiVersion);
}

function sized(head: ByteWriter, body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(4 + head.length + body.length);
  frame.writeInt32BE(head.length + body.length);
  head.copyTo(frame, 4);
  body.copy(frame, 4 + head.length);
  return frame;
}

function skipTags(reader: ByteReader): void {
  const count = reader.readUnsignedVarint();
  for (let index = 0; index < count; index++) {
    reader.readUnsignedVarint();
    reader.readSlice(reader.readUnsignedVarint());
  }
}

function inHeader<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (reason) {
    throw new GwctlError('PROTOCOL', `${what}: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
  }
}
