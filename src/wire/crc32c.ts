/** Reversed Castagnoli polynomial. */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables, so that eight bytes cost one round; table k holds the effect of a byte that k more bytes follow. */
const TABLES: readonly Int32Array[] = makeTables();
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

/** CRC-32C of the bytes, unsigned: what record batches carry. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (const aligned = end - 7; at < aligned; at += 8) {
    const low = crc ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
    crc = entry(T7, low & 0xff) ^ entry(T6, (low >>> 8) & 0xff) ^ entry(T5, (low >>> 16) & 0xff) ^ entry(T4, low >>> 24)
      ^ entry(T3, byte(bytes, at + 4)) ^ entry(T2, byte(bytes, at + 5)) ^ entry(T1, byte(bytes, at + 6)) ^ entry(T0, byte(bytes, at + 7));
  }
  for (; at < end; at++) crc = entry(T0, (crc ^ byte(bytes, at)) & 0xff) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

function entry(table: Int32Array, at: number): number {
  return table[at] as number;
}

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  const first = tables[0] as Int32Array;
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    first[index] = value;
  }
  for (let table = 1; table < 8; table++) {
    const before = tables[table - 1] as Int32Array;
    const target = tables[table] as Int32Array;
    for (let index = 0; index < 256; index++) {
      const value = before[index] as number;
      target[index] = (first[value & 0xff] as number) ^ (value >>> 8);
    }
  }
  return tables;
}
