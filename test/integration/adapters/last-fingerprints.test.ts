import { afterAll, beforeAll, expect, test } from 'vitest';
import { fingerprint } from '../../../src/adapters/kafka/fingerprint.ts';
import { openKafkaCluster } from '../../../src/adapters/kafka/kafka-cluster.ts';
import { lastFingerprints } from '../../../src/adapters/kafka/last-fingerprints.ts';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { addPartitionsToTransaction, endTransaction, initTransactionalId } from '../../../src/client/transactions.ts';
import { partitionKey, type KafkaCluster, type OffsetRange, type TopicPartition } from '../../../src/ports/kafka-cluster.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';

const MANY = 100;
const TIMESTAMP = 1_700_000_000_000n;
const record = (value: string) => ({ key: null, value: Buffer.from(value), timestamp: TIMESTAMP });

let broker: KafkaBroker;
let client: KafkaClient;
let cluster: KafkaCluster;

beforeAll(async () => {
  broker = await startKafkaBroker('4.3.1');
  client = openKafkaClient({ bootstrap: [broker], clientId: 'last-fingerprints', requestTimeoutMs: 20_000 });
  await client.metadata([], { timeoutMs: 50_000 });
  cluster = openKafkaCluster({ name: 'main', security: { protocol: 'PLAINTEXT' }, brokers: [{ id: 1, host: broker.host, port: broker.port }] } as never);
});
afterAll(async () => {
  client?.close();
  await cluster?.close();
  await broker?.stop();
});

async function newTopic(name: string, partitions = 1, configs: Record<string, string> = {}): Promise<void> {
  expect(await client.createTopics([{ name, partitions, replicationFactor: 1, configs }])).toMatchObject([{ errorCode: 0 }]);
}

async function writeTransaction(topic: string, values: readonly string[], isCommit: boolean): Promise<void> {
  const producer = await initTransactionalId(client, `writer-of-${topic}`, { transactionTimeoutMs: 60_000 });
  await addPartitionsToTransaction(client, producer, [{ topic, partition: 0 }]);
  const { producerId, producerEpoch, transactionalId } = producer;
  await client.produce(topic, 0, encodeRecordBatch(values.map(record), { producerId, producerEpoch, baseSequence: 0, isTransactional: true }), { transactionalId });
  await endTransaction(client, producer, isCommit);
}

async function lastOf(...topics: readonly string[]): Promise<Record<string, string | undefined>> {
  const found = await cluster.lastFingerprints(topics.map((topic) => ({ topic, partition: 0 })));
  return Object.fromEntries(topics.map((topic) => [topic, found.get(`${topic}-0`)?.hash]));
}

const hashOf = (value: string) => fingerprint({ offset: 0n, ...record(value) }).hash;

test('the last record is found behind markers, aborted records, large batches and removed records; what has none is left out', async () => {
  const topics = ['empty', 'one', 'committed', 'aborted', 'all-aborted', 'large', 'removed'];
  for (const topic of topics) await newTopic(topic, 1, { 'max.message.bytes': '4000000' });
  await client.produce('one', 0, [record('first'), record('last')]);
  await writeTransaction('committed', ['a', 'b'], true);
  await client.produce('aborted', 0, [record('kept')]);
  for (let index = 0; index < 3; index++) await writeTransaction('aborted', Array.from({ length: 700 }, (_, n) => `dropped ${n}`), false);
  await writeTransaction('all-aborted', ['nothing'], false);
  const large = 'x'.repeat(300_000);
  await client.produce('large', 0, [record(large), record('behind it')]);
  await client.produce('removed', 0, [record('gone')]);
  await client.deleteRecords([{ topic: 'removed', partition: 0, beforeOffset: 1n }]);
  expect(await lastOf(...topics)).toEqual({ empty: undefined, one: hashOf('last'), committed: hashOf('b'), aborted: hashOf('kept'), 'all-aborted': undefined, large: hashOf('behind it'), removed: undefined });
});

test('time, key and value tell last records apart, and a topic that is not there is left out', async () => {
  await newTopic('times', 4);
  for (const [partition, one] of [record('x'), { ...record('x'), timestamp: TIMESTAMP + 1n }, { ...record('x'), key: Buffer.from('') }, { ...record('x'), value: null }].entries()) await client.produce('times', partition, [one]);
  const found = await cluster.lastFingerprints([...[0, 1, 2, 3].map((partition) => ({ topic: 'times', partition })), { topic: 'never-made', partition: 0 }]);
  expect(new Set([...found.values()].map(({ hash }) => hash)).size).toBe(4);
  expect(found.has('never-made-0')).toBe(false);
});

test('many partitions cost as many requests as one', async () => {
  const partitions = Array.from({ length: MANY }, (_, index): TopicPartition => ({ topic: `many-${index}`, partition: 0 }));
  expect(await client.createTopics(partitions.map(({ topic }) => ({ name: topic, partitions: 1, replicationFactor: 1 })))).toHaveLength(MANY);
  for (const { topic } of partitions) await client.produce(topic, 0, [record(`last of ${topic}`)]);
  const requests = (ranges: readonly OffsetRange[]) => countRequests(async (counted) => {
    const found = await lastFingerprints(counted, ranges, async (one) => Promise.reject(new Error(`${partitionKey(one)} is read by itself`)));
    expect(found.size).toBe(ranges.length);
    for (const { topic } of ranges) expect(found.get(`${topic}-0`)?.hash).toBe(hashOf(`last of ${topic}`));
  });
  const ranges = partitions.map((one) => ({ ...one, from: 0n, until: 1n }));
  expect(await requests(ranges)).toBe(await requests(ranges.slice(0, 1)));
});

async function countRequests(act: (counted: KafkaClient) => Promise<void>): Promise<number> {
  let count = 0;
  const counted = new Proxy(client, {
    get: (target, name: keyof KafkaClient) => (...args: unknown[]) => {
      count++;
      return (target[name] as (...all: unknown[]) => unknown)(...args);
    },
  });
  await act(counted);
  return count;
}
