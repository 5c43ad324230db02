import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../../src/gateway/bytes/frame-reader.ts';
import { peekProducerId } from '../../../src/gateway/splice/peek-producer-id.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import { isFlexible } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { cut, sourceOf } from '../../support/byte-stream.ts';

const ID = 2n ** 61n + 7n;
const RECORDS = encodeRecordBatch([{ key: null, value: Buffer.alloc(300), timestamp: 1n }], { producerId: ID, producerEpoch: 0, baseSequence: 4 });

function readerOf(version: number, partitionData: readonly { readonly index: number; readonly records: Buffer | null }[], pieceSize: number, transactionalId: string | null = null): FrameReader {
  const topicData = partitionData.length === 0 ? [] : [{ name: 'orders', topicId: 'AAAAAAAAAAEAAAAAAAAAAQ', partitionData }];
  const body = encodeMessage(produceRequest, version, newMessage(produceRequest, { transactionalId, acks: -1, timeoutMs: 1500, topicData }));
  return new FrameReader(sourceOf(cut(body, pieceSize)), body.length, isFlexible(0, version), 'Produce');
}

describe.each([3, 8, 9, 12, 13])('version %i', (version) => {
  test.each([1, 7, 1000])('the producer of the first batch is seen before anything is read (pieces of %i bytes)', async (pieceSize) => {
    const reader = readerOf(version, [{ index: 5, records: RECORDS }, { index: 6, records: RECORDS }], pieceSize);
    const { remaining } = reader;
    expect(await peekProducerId(reader, version >= 13)).toBe(ID);
    expect(reader.remaining).toBe(remaining);
  });

  test.each([
    { name: 'no topic', partitions: [] },
    { name: 'a partition without records', partitions: [{ index: 0, records: null }] },
    { name: 'less than a batch', partitions: [{ index: 0, records: Buffer.alloc(20) }] },
  ])('$name: it cannot be told', async ({ partitions }) => expect(await peekProducerId(readerOf(version, partitions, 1000), version >= 13)).toBeUndefined());

  test('a transactional id that takes all the room: it cannot be told', async () => {
    expect(await peekProducerId(readerOf(version, [{ index: 0, records: RECORDS }], 1000, 't'.repeat(600)), version >= 13)).toBeUndefined();
  });
});
