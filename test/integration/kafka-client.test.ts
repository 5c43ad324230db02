import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../src/client/kafka-client.ts';
import { EARLIEST, LATEST } from '../../src/client/list-offsets.ts';
import { encodeRecordBatch } from '../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { addPartitionsToTxnApi, type AddPartitionsToTxnResponse } from '../../src/wire/generated/add-partitions-to-txn.ts';
import { endTxnApi } from '../../src/wire/generated/end-txn.ts';
import { initProducerIdApi } from '../../src/wire/generated/init-producer-id.ts';
import { COMPRESSIONS } from '../../src/wire/compression.ts';
import { readRecordBatches, type KafkaRecord } from '../../src/wire/record-batch.ts';
import { startKafkaBroker, type KafkaBroker } from '../support/kafka-broker.ts';

const text = (value: string) => Buffer.from(value);

describe.each(['4.3.1', '3.9.2'])('against Kafka %s', (kafkaVersion) => {
  let broker: KafkaBroker;
  let client: KafkaClient;

  beforeAll(async () => {
    broker = await startKafkaBroker(kafkaVersion);
    client = openKafkaClient({ bootstrap: [broker], clientId: 'client-test', requestTimeoutMs: 10_000 });
    await client.metadata([], { timeoutMs: 50_000 });
  });
  afterAll(async () => {
    client?.close();
    await broker?.stop();
  });

  async function newTopic(name: string, configs: Record<string, string> = {}, partitions = 1): Promise<string> {
    expect(await client.createTopics([{ name, partitions, replicationFactor: 1, configs }])).toEqual([{ name, errorCode: 0, errorMessage: null }]);
    return name;
  }

  async function readAll(topic: string, isolation: 'read_committed' | 'read_uncommitted' = 'read_committed', from = 0n): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = [];
    for await (const record of client.readRecords(topic, 0, from, { isolation })) records.push(record);
    return records;
  }

  test('metadata names the cluster, its brokers, and each partition of a topic', async () => {
    const topic = await newTopic('metadata', {}, 3);
    const metadata = await client.metadata([topic, 'missing']);
    expect(metadata).toMatchObject({ clusterId: 'AAAAAAAAAAEAAAAAAAAAAQ', brokers: [{ id: 1, host: '127.0.0.1', port: broker.port }] });
    const byName = new Map(metadata.topics.map((one) => [one.name, one]));
    expect(byName.get(topic)?.partitions.map(({ index, leader, isr }) => [index, leader, isr])).toEqual([[0, 1, [1]], [1, 1, [1]], [2, 1, [1]]]);
    expect(byName.get('missing')?.errorCode).toBe(ERROR.UNKNOWN_TOPIC_OR_PARTITION);
  });

  test('what is produced is read again, with keys, headers and timestamps, in order', async () => {
    const topic = await newTopic('round-trip');
    expect(await client.produce(topic, 0, [{ key: text('k'), value: text('a'), headers: [['h', text('x')], ['n', null]], timestamp: 1_700_000_000_000n }, { key: null, value: null }])).toBe(0n);
    expect(await client.produce(topic, 0, [{ key: null, value: text('b') }], { compression: 'gzip' })).toBe(2n);
    const records = await readAll(topic);
    expect(records.map(({ offset, value }) => [offset, value?.toString() ?? null])).toEqual([[0n, 'a'], [1n, null], [2n, 'b']]);
    expect(records[0]).toMatchObject({ timestamp: 1_700_000_000_000n, key: text('k'), headers: [['h', text('x')], ['n', null]] });
    expect((await readAll(topic, 'read_committed', 2n)).map(({ offset }) => offset)).toEqual([2n]);
  });

  test.each(COMPRESSIONS.slice(1))('records that Kafka compressed with %s are read', async (compression) => {
    const topic = await newTopic(`compressed-${compression}`, { 'compression.type': compression });
    const values = Array.from({ length: 500 }, (_, index) => `value ${index % 7} ${'x'.repeat(index)}`);
    await client.produce(topic, 0, values.map((value) => ({ key: null, value: text(value) })));
    const fetched = await client.fetch(topic, 0, 0n, { maxBytes: 1 << 20, maxWaitMs: 0, isolation: 'read_uncommitted' });
    expect([...readRecordBatches(fetched.records)].map((batch) => batch.compression)).toEqual([compression]);
    expect((await readAll(topic)).map(({ value }) => value?.toString())).toEqual(values);
  });

  test('aborted records and markers are hidden from read_committed, and only they', async () => {
    const topic = await newTopic('transactions');
    const one = await openTransactions('one', topic);
    const two = await openTransactions('two', topic);
    await one.write('committed-1');
    await two.write('aborted-1');
    await client.produce(topic, 0, [{ key: null, value: text('plain-1') }]);
    await two.write('aborted-2');
    await one.end(true);
    await two.end(false);
    await two.write('committed-2');
    await two.end(true);
    await one.write('aborted-3');
    await one.end(false);
    await client.produce(topic, 0, [{ key: null, value: text('plain-2') }]);
    await one.write('open');

    expect((await readAll(topic)).map(({ value }) => value?.toString())).toEqual(['committed-1', 'plain-1', 'committed-2', 'plain-2']);
    expect((await readAll(topic, 'read_uncommitted')).map(({ value }) => value?.toString())).toEqual(
      ['committed-1', 'aborted-1', 'plain-1', 'aborted-2', 'committed-2', 'aborted-3', 'plain-2', 'open']);
    const [stable, end] = await client.listOffsets([
      { topic, partition: 0, timestamp: LATEST, isolation: 'read_committed' }, { topic, partition: 0, timestamp: LATEST }]);
    expect([stable?.offset, end?.offset]).toEqual([11n, 12n]);
    await one.end(true);
  });

  async function openTransactions(transactionalId: string, topic: string) {
    const target = { kind: 'transaction', transactionalId } as const;
    const { producerId, producerEpoch, errorCode } = await client.send(target, initProducerIdApi, { transactionalId, transactionTimeoutMs: 60_000 }, { errorCodeOf: (answer) => answer.errorCode });
    expect(errorCode).toBe(0);
    let baseSequence = 0;
    return {
      write: async (value: string) => {
        const codeOf = (answer: AddPartitionsToTxnResponse) => answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1;
        // Retriable, and so repeated, until the markers of the last transaction are written.
        const added = await client.send(target, addPartitionsToTxnApi, {
          v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch,
          v3AndBelowTopics: [{ name: topic, partitions: [0] }],
        }, { errorCodeOf: codeOf });
        expect(codeOf(added)).toBe(0);
        const batch = encodeRecordBatch([{ key: null, value: text(value), timestamp: 1n }], { producerId, producerEpoch, baseSequence: baseSequence++, isTransactional: true });
        await client.produce(topic, 0, batch, { transactionalId });
      },
      end: async (committed: boolean) => {
        const before = (await client.listOffsets([{ topic, partition: 0, timestamp: LATEST }]))[0]?.offset ?? 0n;
        expect((await client.send(target, endTxnApi, { transactionalId, producerId, producerEpoch, committed })).errorCode).toBe(0);
        await expect.poll(async () => (await client.listOffsets([{ topic, partition: 0, timestamp: LATEST }]))[0]?.offset).toBe(before + 1n); // the marker
      },
    };
  }

  test('offsets are listed by time and for several partitions at once; a missing topic is an error code, soon', async () => {
    const topic = await newTopic('offsets', {}, 2);
    await client.produce(topic, 1, [1000n, 2000n, 3000n].map((timestamp) => ({ key: null, value: text('x'), timestamp })));
    const answers = await client.listOffsets([
      { topic, partition: 1, timestamp: EARLIEST }, { topic, partition: 1, timestamp: LATEST }, { topic, partition: 1, timestamp: 1500n },
      { topic, partition: 1, timestamp: 9999n }, { topic, partition: 0, timestamp: LATEST }, { topic, partition: 7, timestamp: LATEST }, { topic: 'missing', partition: 0, timestamp: LATEST },
    ]);
    expect(answers.map(({ offset, errorCode }) => [offset, errorCode])).toEqual([[0n, 0], [3n, 0], [1n, 0], [-1n, 0], [0n, 0], [-1n, 3], [-1n, 3]]);
    expect(answers[2]?.timestamp).toBe(2000n);
  });

  test('a read from before the beginning is refused, not skipped', async () => {
    const topic = await newTopic('removed');
    await client.produce(topic, 0, [text('a'), text('b'), text('c')].map((value) => ({ key: null, value })));
    expect(await client.deleteRecords([{ topic, partition: 0, beforeOffset: 2n }])).toEqual([2n]);
    await expect(readAll(topic)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { errorCode: ERROR.OFFSET_OUT_OF_RANGE } });
    expect((await readAll(topic, 'read_committed', 2n)).map(({ value }) => value?.toString())).toEqual(['c']);
  });

  test('a read waits for what is yet to come, up to its end', async () => {
    const topic = await newTopic('waiting');
    const reading = (async () => {
      const values: (string | undefined)[] = [];
      for await (const { value } of client.readRecords(topic, 0, 0n, { isolation: 'read_committed', until: 2n })) values.push(value?.toString());
      return values;
    })();
    for (const value of ['a', 'b', 'c']) await client.produce(topic, 0, [{ key: null, value: text(value) }]);
    expect(await reading).toEqual(['a', 'b']);
    const never = client.readRecords(topic, 0, 3n, { isolation: 'read_committed', until: 4n, idleTimeoutMs: 100 });
    await expect(never.next()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('waiting-0 is at offset 3') });
  });

  test('topics are created once, configured and deleted', async () => {
    const topic = await newTopic('configured', { 'cleanup.policy': 'compact' });
    expect((await client.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }]))[0]?.errorCode).toBe(ERROR.TOPIC_ALREADY_EXISTS);
    expect(await client.incrementalAlterConfigs([{ type: 'topic', name: topic, set: { 'retention.ms': '1234' }, delete: ['cleanup.policy'] }])).toMatchObject([{ errorCode: 0 }]);
    const keys = ['retention.ms', 'cleanup.policy'];
    const values = async () => (await client.describeConfigs([{ type: 'topic', name: topic, keys }])).map(({ configs }) => keys.map((key) => configs.get(key)?.value));
    await expect.poll(values).toEqual([['1234', 'delete']]);
    const [broker1] = await client.describeConfigs([{ type: 'broker', name: '1' }]);
    expect(broker1?.configs.get('node.id')).toMatchObject({ value: '1', isReadOnly: true });
    expect(await client.deleteTopics([topic, 'missing'])).toMatchObject([{ name: topic, errorCode: 0 }, { name: 'missing', errorCode: 3 }]);
  });

  test("a group's offsets are committed, fetched, listed and deleted", async () => {
    const topic = await newTopic('grouped', {}, 2);
    await client.produce(topic, 0, [{ key: null, value: text('x') }]);
    expect(await client.offsetFetch('nobody')).toEqual([]);
    const offsets = [{ topic, partition: 0, offset: 1n, metadata: 'note' }, { topic, partition: 1, offset: 0n }];
    expect(await client.offsetCommit('readers', offsets)).toEqual(offsets.map(({ partition }) => ({ topic, partition, errorCode: 0 })));
    expect(await client.offsetFetch('readers')).toEqual([
      { topic, partition: 0, offset: 1n, leaderEpoch: -1, metadata: 'note' }, { topic, partition: 1, offset: 0n, leaderEpoch: -1, metadata: '' }]);
    expect(await client.listGroups()).toMatchObject([{ groupId: 'readers', state: 'Empty', type: 'classic', coordinatorId: 1 }]);
    expect(await client.describeGroups(['readers', 'nobody'])).toMatchObject([{ groupId: 'readers', groupState: 'Empty', members: [] }, { groupId: 'nobody', groupState: 'Dead' }]);
    expect(await client.deleteGroups(['readers', 'nobody'])).toEqual([0, ERROR.GROUP_ID_NOT_FOUND]);
  });

  test('versions that the broker serves are known', async () => {
    const served = await client.apiVersions(1);
    expect(served.get(3)).toEqual({ min: 0, max: kafkaVersion === '4.3.1' ? 13 : 12 });
  });

  test('a broker that dies is found again once it is back; until then calls end in time', async () => {
    const topic = await newTopic('survivor');
    await client.produce(topic, 0, [{ key: null, value: text('before') }]);
    await broker.kill();
    const start = performance.now();
    await expect(client.metadata([topic], { timeoutMs: 300 })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(`127.0.0.1:${broker.port}`) });
    await expect(client.produce(topic, 0, [{ key: null, value: text('lost') }], { timeoutMs: 300 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - start).toBeLessThan(2000);
    broker.start();
    expect(await client.produce(topic, 0, [{ key: null, value: text('after') }], { timeoutMs: 40_000 })).toBe(1n);
    expect((await readAll(topic)).map(({ value }) => value?.toString())).toEqual(['before', 'after']);
  });
});
