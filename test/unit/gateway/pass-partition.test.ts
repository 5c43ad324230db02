import { describe, expect, test } from 'vitest';
import { encodeInt32, encodeVarint, FrameReader } from '../../../src/gateway/bytes/frame-reader.ts';
import type { BatchHead } from '../../../src/gateway/splice/batch-head.ts';
import { passPartition } from '../../../src/gateway/splice/produce-request.ts';
import { ATTRIBUTE, BATCH } from '../../../src/wire/record-batch.ts';
import { cut, sourceOf } from '../../support/byte-stream.ts';

interface Passed {
  readonly bytes: Buffer;
  readonly batches: readonly (readonly [number, BatchHead | undefined])[];
}

/** The partitions of a frame, which may come in pieces. */
async function pass(frame: Buffer, partitions: number, flexible: boolean, pieceSize = frame.length): Promise<Passed> {
  const reader = new FrameReader(sourceOf(cut(frame, pieceSize)), frame.length, flexible, 'Produce');
  // The first piece is here before anything is looked at, as it is where a frame begins.
  await reader.peek(Math.min(pieceSize, frame.length), 'first piece');
  const pieces: Buffer[] = [];
  const batches: [number, BatchHead | undefined][] = [];
  for (let partition = 0; partition < partitions; partition++) await passPartition(reader, (index, batch) => void batches.push([index, batch]), (piece) => void pieces.push(Buffer.from(piece)));
  reader.end();
  return { bytes: Buffer.concat(pieces), batches };
}

function batch(bytes: number, { magic = 2, records = 3, isTransactional = false } = {}): Buffer {
  const made = Buffer.alloc(bytes, 7);
  made.writeInt8(magic, BATCH.magic);
  made.writeInt16BE(isTransactional ? ATTRIBUTE.transactional : 0, BATCH.attributes);
  made.writeInt32BE(records, BATCH.recordCount);
  return made;
}

function partitionOf(index: number, records: Buffer | null, flexible: boolean, tags = Buffer.from([0])): Buffer {
  const length = records?.length ?? -1;
  return Buffer.concat([encodeInt32(index), flexible ? encodeVarint(length + 1) : encodeInt32(length), records ?? Buffer.alloc(0), ...(flexible ? [tags] : [])]);
}

describe.each([{ flexible: true }, { flexible: false }])('partitions of a Produce request (flexible: $flexible)', ({ flexible }) => {
  const records = [batch(200, { records: 9 }), null, batch(61, { records: 1, isTransactional: true }), Buffer.alloc(0), batch(90, { magic: 1 }), Buffer.alloc(20, 1), batch(17_000, { records: 500 })];
  const tag = Buffer.from([1, 5, 2, 8, 8]);
  const frame = Buffer.concat(records.map((each, index) => partitionOf(10 + index, each, flexible, index === 0 ? tag : undefined)));

  test('pass as they are, and their batches are told', async () => {
    const { bytes, batches } = await pass(frame, records.length, flexible);
    expect(bytes.equals(frame)).toBe(true);
    expect(batches).toEqual([
      [10, { records: 9, bytes: 200, isTransactional: false }],
      [11, undefined],
      [12, { records: 1, bytes: 61, isTransactional: true }],
      [13, undefined],
      [14, undefined],
      [15, undefined],
      [16, { records: 500, bytes: 17_000, isTransactional: false }],
    ]);
  });

  test('however they are cut', async () => {
    const whole = await pass(frame, records.length, flexible);
    for (const pieceSize of [1, 2, 3, 5, 7, 11, 64, 69, 70, 71, 150, 209, 210, 15_000]) {
      const { bytes, batches } = await pass(frame, records.length, flexible, pieceSize);
      expect({ pieceSize, isSame: bytes.equals(whole.bytes), batches }).toEqual({ pieceSize, isSame: true, batches: whole.batches });
    }
  });

  test.each([
    { what: 'more records than the frame has', length: 5000, says: 'Produce: records of 5000 bytes, but' },
    { what: 'a length below null', length: -3, says: flexible ? 'Produce: records of' : 'Produce: records has length -3' },
  ])('$what: the same error in one piece and in many', async ({ length, says }) => {
    const bad = Buffer.concat([encodeInt32(1), flexible ? encodeVarint((length + 1) >>> 0) : encodeInt32(length), Buffer.alloc(300)]);
    for (const pieceSize of [bad.length, 1]) await expect(pass(bad, 1, flexible, pieceSize)).rejects.toThrow(says);
  });
});

test('a length of more than 32 bits is refused, in one piece and in many', async () => {
  for (const varint of [[0xff, 0xff, 0xff, 0xff, 0x1f], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]]) {
    const bad = Buffer.concat([encodeInt32(1), Buffer.from(varint), Buffer.alloc(300)]);
    for (const pieceSize of [bad.length, 1]) await expect(pass(bad, 1, true, pieceSize)).rejects.toThrow('Produce: records is a varint of more than 32 bits');
  }
});
