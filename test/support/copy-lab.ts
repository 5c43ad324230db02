import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import { LATEST } from '../../src/client/list-offsets.ts';
import { addPartitionsToTransaction, endTransaction, initTransactionalId } from '../../src/client/transactions.ts';
import { startCopier, type Copier } from '../../src/copier/copier.ts';
import type { CopiedPartition } from '../../src/copier/copy-state.ts';
import { encodeRecordBatch, type NewRecord } from '../../src/wire/encode-record-batch.ts';
import type { KafkaRecord } from '../../src/wire/record-batch.ts';
import { startKafkaBroker, type KafkaBroker } from './kafka-broker.ts';

/** A source and a target of one broker each, with Connect's offsets topic on the target, and copiers between them. */
export interface CopyLab {
  readonly sourceBroker: KafkaBroker;
  readonly targetBroker: KafkaBroker;
  readonly source: KafkaClient;
  readonly target: KafkaClient;
  /** On both sides; answers with its partitions. */
  newTopic(name: string, partitions?: number, configs?: Readonly<Record<string, string>>): Promise<readonly CopiedPartition[]>;
  /** It is stopped when the lab ends, if the test has not. */
  copy(partitions: readonly CopiedPartition[], options?: { readonly transactionalId?: string; readonly requestTimeoutMs?: number }): Copier;
  /** Waits until everything that the source has now is on the target. */
  settle(copier: Copier, partitions: readonly CopiedPartition[]): Promise<void>;
  read(client: KafkaClient, topic: string, partition?: number): Promise<readonly KafkaRecord[]>;
  stop(): Promise<void>;
}

export const OFFSETS_TOPIC = 'mm2-offsets.main.internal';
export const SOURCE_TASK = 'main-mm2-MirrorSourceConnector-0';
const READY_MS = 200_000;
const SETTLE_MS = 40_000;
const MAX_MESSAGE_BYTES = `${20 << 20}`;

export async function openCopyLab(sourceVersion: string, targetVersion: string, offsetsPartitions: number): Promise<CopyLab> {
  const extras = { properties: { 'message.max.bytes': MAX_MESSAGE_BYTES } };
  const [sourceBroker, targetBroker] = await Promise.all([startKafkaBroker(sourceVersion, extras), startKafkaBroker(targetVersion, extras)]);
  const open = (broker: KafkaBroker, requestTimeoutMs = 10_000) => openKafkaClient({ bootstrap: [broker], clientId: 'copy-test', requestTimeoutMs });
  const [source, target] = [open(sourceBroker), open(targetBroker)];
  await Promise.all([source, target].map((client) => client.metadata([], { timeoutMs: READY_MS })));
  await target.createTopics([{ name: OFFSETS_TOPIC, partitions: offsetsPartitions, replicationFactor: 1, configs: { 'cleanup.policy': 'compact' } }]);
  const copiers: Copier[] = [];
  return {
    sourceBroker, targetBroker, source, target,
    newTopic: async (name, partitions = 1, configs = {}) => {
      for (const client of [source, target]) await client.createTopics([{ name, partitions, replicationFactor: 1, configs }]);
      return Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
    },
    copy: (partitions, { transactionalId = SOURCE_TASK, requestTimeoutMs } = {}) => {
      const copier = startCopier({ name: 'main->failover', from: 'main', transactionalId, partitions, source: open(sourceBroker, requestTimeoutMs), target: open(targetBroker, requestTimeoutMs) });
      copiers.push(copier);
      return copier;
    },
    settle: async (copier, partitions) => {
      const ends = await source.listOffsets(partitions.map((one) => ({ ...one, timestamp: LATEST, isolation: 'read_committed' })));
      await copier.awaitEnds(new Map(ends.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset])), AbortSignal.timeout(SETTLE_MS));
    },
    read: async (client, topic, partition = 0) => {
      const records: KafkaRecord[] = [];
      const [first] = await client.listOffsets([{ topic, partition, timestamp: -2n }]);
      for await (const record of client.readRecords(topic, partition, first?.offset ?? 0n, { isolation: 'read_committed' })) records.push(record);
      return records;
    },
    stop: async () => {
      await Promise.all(copiers.map((copier) => copier.stop()));
      source.close();
      target.close();
      await Promise.all([sourceBroker.stop(), targetBroker.stop()]);
    },
  };
}

/** A producer of the source that writes in transactions; each call of `write` is a batch of the one that is open. */
export async function openTransactions(client: KafkaClient, transactionalId: string, topic: string): Promise<{ write(...records: readonly NewRecord[]): Promise<void>; end(isCommit: boolean): Promise<void> }> {
  let producer = await initTransactionalId(client, transactionalId, { transactionTimeoutMs: 60_000 });
  let baseSequence = 0;
  return {
    write: async (...records) => {
      await addPartitionsToTransaction(client, producer, [{ topic, partition: 0 }]);
      await client.produce(topic, 0, encodeRecordBatch(records, { producerId: producer.producerId, producerEpoch: producer.producerEpoch, baseSequence, isTransactional: true }), { transactionalId });
      baseSequence += records.length;
    },
    end: async (isCommit) => {
      await endTransaction(client, producer, isCommit);
      producer = await initTransactionalId(client, transactionalId, { transactionTimeoutMs: 60_000 });
      baseSequence = 0;
    },
  };
}
