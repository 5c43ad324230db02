import { inflateRawSync } from 'node:zlib';

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_ENTRY = 0x02014b50;

/**
 * The entries of a zip file (a jar is one) whose names pass `wanted`, as name -> bytes. Enough of the format for jars made by
 * javac and Maven: no encryption, no zip64, methods "stored" and "deflate".
 */
export function readZip(zip, wanted) {
  let at = findEnd(zip);
  const entryCount = zip.readUInt16LE(at + 10);
  at = zip.readUInt32LE(at + 16);
  const entries = new Map();
  for (let entry = 0; entry < entryCount; entry++) {
    if (zip.readUInt32LE(at) !== CENTRAL_ENTRY) throw new Error(`zip entry ${entry}: no central directory record at byte ${at}`);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    if (wanted(name)) entries.set(name, readEntry(zip, at, name));
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(zip) {
  // The record is 22 bytes and followed by a comment of at most 65535 bytes.
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) === END_OF_CENTRAL_DIRECTORY) return at;
  }
  throw new Error(`not a zip file: no end of central directory in ${zip.length} bytes`);
}

function readEntry(zip, central, name) {
  const method = zip.readUInt16LE(central + 10);
  const compressedBytes = zip.readUInt32LE(central + 20);
  const local = zip.readUInt32LE(central + 42);
  // The local header's own name and extra lengths may differ from the central ones.
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + compressedBytes);
  if (method === 0) return bytes;
  if (method === 8) return inflateRawSync(bytes);
  throw new Error(`zip entry ${name}: compression method ${method} (known: 0, 8)`);
}
