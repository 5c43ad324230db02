import { decodeMessage } from '../../wire/codec.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { produceRequest } from '../../wire/generated/produce.ts';
import type { RequestHead } from '../../wire/headers.ts';
import { BATCH, BATCH_HEADER_BYTES } from '../../wire/record-batch.ts';
import { MAX_REQUEST_ELEMENTS } from '../bytes/frame-reader.ts';
import type { Introduced, ProducerIdentity } from '../transactions/transactional-producer.ts';
import { isSame } from '../transactions/transactional-producer.ts';

/** Sequences are counted modulo this (KIP-98). */
const SEQUENCES = 2 ** 31;
const CURRENT_MAGIC = 2;

/**
 * Gives the batches of a Produce request's body that are `client`'s the identity under which the cluster knows it, in place: id, epoch and
 * sequence are in the head of a batch, and its checksum covers them.
 */
export function renumberBatches({ apiVersion }: Pick<RequestHead, 'apiVersion'>, body: Buffer, client: ProducerIdentity, known: Introduced): void {
  for (const { name, topicId, partitionData } of decodeMessage(produceRequest, apiVersion, body, 0, MAX_REQUEST_ELEMENTS).topicData) {
    for (const { index, records } of partitionData) if (records !== null) renumber(records, client, known, `${name} ${topicId} ${index}`);
  }
}

function renumber(records: Buffer, client: ProducerIdentity, { producerId, epoch, firstSequences }: Introduced, partition: string): void {
  for (let at = 0; at + BATCH_HEADER_BYTES <= records.length; ) {
    const end = at + BATCH.partitionLeaderEpoch + records.readInt32BE(at + BATCH.length);
    // Anything else is not for us to judge: the broker does.
    if (records.readInt8(at + BATCH.magic) !== CURRENT_MAGIC || end < at + BATCH_HEADER_BYTES || end > records.length) return;
    if (isSame(client, { producerId: records.readBigInt64BE(at + BATCH.producerId), epoch: records.readInt16BE(at + BATCH.producerEpoch) })) {
      records.writeBigInt64BE(producerId, at + BATCH.producerId);
      records.writeInt16BE(epoch, at + BATCH.producerEpoch);
      if (firstSequences !== undefined) {
        const sequence = records.readInt32BE(at + BATCH.baseSequence);
        const first = firstSequences.get(partition) ?? sequence;
        firstSequences.set(partition, first);
        records.writeInt32BE((sequence - first + SEQUENCES) % SEQUENCES, at + BATCH.baseSequence);
      }
      records.writeUInt32BE(crc32c(records, at + BATCH.attributes, end), at + BATCH.crc);
    }
    at = end;
  }
}
