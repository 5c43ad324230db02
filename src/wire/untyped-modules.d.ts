/** The parts that we use of two packages that come without types. */
declare module 'snappyjs' {
  const snappy: {
    /** Throws when the result would be longer than `maxBytes`. */
    uncompress(bytes: Buffer, maxBytes?: number): Buffer;
    compress(bytes: Buffer): Buffer;
  };
  export default snappy;
}

declare module 'lz4js' {
  const lz4: {
    /** Returns the end of what was written; writes beyond the target's end vanish silently. */
    decompressBlock(source: Uint8Array, target: Uint8Array, start: number, byteCount: number, targetStart: number): number;
    compress(bytes: Uint8Array): Uint8Array;
  };
  export default lz4;
}
