import { kafkaError } from '../client/call-deadline.ts';
import { groupBy } from '../client/group-by.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { addPartitionsToTransaction, endTransaction, type TransactionalProducer } from '../client/transactions.ts';
import { GwctlError } from '../shared/errors.ts';
import { mergeBatches, stampBatch, type BatchCopy } from '../wire/copy-batch.ts';
import { encodeRecordBatch } from '../wire/encode-record-batch.ts';
import { ERROR } from '../wire/error-codes.ts';
import { produceApi } from '../wire/generated/produce.ts';
import type { SourcePart } from './read-source.ts';
import { renderSourceOffset, type SourceOffsets } from './source-offsets.ts';

const PRODUCE_TIMEOUT_MS = 10_000;
const SEQUENCES = 2 ** 31;
const MAX_IN_FLIGHT = 4;
/** Below any limit of a topic's messages that is in use; where it is not, the copier does without. */
const MAX_MERGED_BYTES = 64 << 10;

/** The batches of one partition of the target, in order. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly leader: number;
  readonly batches: BatchCopy[];
}

export interface TargetWriter {
  /**
   * One transaction: the parts' batches, and the positions to which they lead. Throws UNAVAILABLE; what has become of the transaction is
   * then known after the next initTransactionalId, and this writer is of no more use.
   */
  write(parts: readonly SourcePart[]): Promise<void>;
}

export interface WriterOptions {
  /** Small batches of a partition become one. */
  readonly isMerging: boolean;
  readonly signal: AbortSignal;
}

/** `leaders`: broker ids by `topic-n`, of every partition that is written to, those of the offsets topic included. */
export function openTargetWriter(client: KafkaClient, producer: TransactionalProducer, offsets: SourceOffsets, leaders: ReadonlyMap<string, number>, { isMerging, signal }: WriterOptions): TargetWriter {
  const sequences = new Map<string, number>();
  const call = { signal };

  const produce = async (leader: number, round: readonly { readonly lane: Lane; readonly batch: BatchCopy }[]): Promise<void> => {
    const stamped = round.map(({ lane: { topic, partition }, batch }) => {
      const key = `${topic}-${partition}`;
      const baseSequence = sequences.get(key) ?? 0;
      sequences.set(key, (baseSequence + batch.recordCount) % SEQUENCES);
      return { topic, index: partition, records: stampBatch(batch, { producerId: producer.producerId, producerEpoch: producer.producerEpoch, baseSequence }) };
    });
    const answer = await client.send({ kind: 'broker', brokerId: leader }, produceApi, {
      acks: -1, timeoutMs: PRODUCE_TIMEOUT_MS, transactionalId: producer.transactionalId,
      topicData: [...groupBy(stamped, ({ topic }) => topic)].map(([name, ofTopic]) => ({ name, partitionData: ofTopic.map(({ index, records }) => ({ index, records })) })),
    }, call);
    for (const { name, partitionResponses } of answer.responses) {
      const failed = partitionResponses.find(({ errorCode }) => errorCode !== ERROR.NONE);
      if (failed !== undefined) throw kafkaError(`produce to ${name}-${failed.index}`, failed.errorCode, failed.errorMessage);
    }
  };

  /** A request may have one batch of a partition. Brokers take a connection's requests in turn, and up to five of a producer may be unanswered. */
  const produceAll = async (leader: number, lanes: readonly Lane[]): Promise<void> => {
    const unanswered: Promise<void>[] = [];
    for (let index = 0; ; index++) {
      const round = lanes.flatMap((lane) => {
        const batch = lane.batches[index];
        return batch === undefined ? [] : [{ lane, batch }];
      });
      if (round.length === 0) break;
      if (unanswered.length >= MAX_IN_FLIGHT) await unanswered.shift();
      const sent = produce(leader, round);
      sent.catch(() => {}); // told when its turn comes
      unanswered.push(sent);
    }
    await Promise.all(unanswered);
  };

  return {
    write: async (parts) => {
      const filled = parts.filter(({ batches }) => batches.length > 0);
      if (filled.length === 0) return;
      const lanes = [...filled.map(({ topic, partition, batches }) => laneOf(leaders, topic, partition, isMerging ? mergeBatches(batches, MAX_MERGED_BYTES) : batches)), ...offsetLanes(filled, offsets, leaders)];
      await addPartitionsToTransaction(client, producer, lanes, call);
      await Promise.all([...groupBy(lanes, ({ leader }) => leader)].map(([leader, ofLeader]) => produceAll(leader, ofLeader)));
      await endTransaction(client, producer, true, call);
    },
  };
}

function laneOf(leaders: ReadonlyMap<string, number>, topic: string, partition: number, batches: readonly BatchCopy[]): Lane {
  const leader = leaders.get(`${topic}-${partition}`);
  if (leader === undefined) throw new GwctlError('UNAVAILABLE', `${topic}-${partition} has no leader on the target`);
  return { topic, partition, leader, batches: [...batches] };
}

/** The positions that the parts lead to, as one batch for each partition of the offsets topic. */
function offsetLanes(parts: readonly SourcePart[], offsets: SourceOffsets, leaders: ReadonlyMap<string, number>): Lane[] {
  const timestamp = BigInt(Date.now());
  const records = parts.map(({ topic, partition, batches }) => {
    const { key, keptIn } = offsets.place(topic, partition);
    return { keptIn, record: { key, value: renderSourceOffset(batches.at(-1)?.lastOffset ?? 0n), timestamp } };
  });
  return [...groupBy(records, ({ keptIn }) => keptIn)].map(([keptIn, kept]) => {
    const bytes = encodeRecordBatch(kept.map(({ record }) => record));
    return laneOf(leaders, offsets.topic, keptIn, [{ bytes, recordCount: kept.length, lastOffset: 0n }]);
  });
}
