import { decodeMessage } from '../../wire/codec.ts';
import { produceRequest } from '../../wire/generated/produce.ts';
import { ATTRIBUTE, BATCH, BATCH_HEADER_BYTES } from '../../wire/record-batch.ts';
import { MAX_REQUEST_ELEMENTS } from '../bytes/frame-reader.ts';
import type { NumberedBatch } from './producer-sequences.ts';

const CURRENT_MAGIC = 2;

/** The first batch of each partition of a Produce request whose producer numbers its batches, and is not transactional; `topicOf` knows physical names. */
export function numberedBatches(version: number, body: Buffer, topicOf: (name: string, topicId: string) => string | undefined): readonly NumberedBatch[] {
  return decodeMessage(produceRequest, version, body, 0, MAX_REQUEST_ELEMENTS).topicData.flatMap(({ name, topicId, partitionData }) => {
    const topic = topicOf(name, topicId);
    if (topic === undefined) return [];
    return partitionData.flatMap(({ index: partition, records }) => {
      if (records === null || records.length < BATCH_HEADER_BYTES || records.readInt8(BATCH.magic) !== CURRENT_MAGIC) return [];
      const producerId = records.readBigInt64BE(BATCH.producerId);
      if (producerId < 0n || (records.readInt16BE(BATCH.attributes) & ATTRIBUTE.transactional) !== 0) return [];
      return [{ topic, partition, producerId, epoch: records.readInt16BE(BATCH.producerEpoch), baseSequence: records.readInt32BE(BATCH.baseSequence) }];
    });
  });
}

/** What the answer to a Produce request, in its client's words, says was written. */
export function writtenPartitions(answer: Record<string, unknown>, topicOf: (name: string, topicId: string) => string | undefined): ReadonlySet<string> {
  const responses = answer['responses'] as readonly { readonly name: string; readonly topicId: string; readonly partitionResponses: readonly { readonly index: number; readonly errorCode: number }[] }[];
  return new Set(responses.flatMap(({ name, topicId, partitionResponses }) => partitionResponses.flatMap(({ index, errorCode }) => (errorCode === 0 ? [`${topicOf(name, topicId) ?? ''} ${index}`] : []))));
}
