import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { LATEST } from '../../../src/client/list-offsets.ts';
import { keyPartition } from '../../../src/copier/key-partition.ts';
import { createPartitionsApi } from '../../../src/wire/generated/create-partitions.ts';
import { COMPRESSIONS } from '../../../src/wire/compression.ts';
import { BATCH_HEADER_BYTES, readRecordBatches, type KafkaRecord } from '../../../src/wire/record-batch.ts';
import { OFFSETS_TOPIC, openCopyLab, openTransactions, SOURCE_TASK, type CopyLab } from '../../support/copy-lab.ts';

// Brokers that start beside other work take their time.
vi.setConfig({ hookTimeout: 240_000, testTimeout: 240_000 });

const text = (value: string) => Buffer.from(value);
const OFFSETS_PARTITIONS = 3;

describe.each([{ from: '4.3.1', to: '3.9.2' }, { from: '3.9.2', to: '4.3.1' }])('from Kafka $from to $to', ({ from, to }) => {
  let lab: CopyLab;
  beforeAll(async () => {
    lab = await openCopyLab(from, to, OFFSETS_PARTITIONS);
  });
  afterAll(async () => await lab?.stop());

  test.each(COMPRESSIONS)('keys, values, nulls, headers and timestamps arrive, and the compressed bytes (%s) are the same ones', async (compression) => {
    const topic = `bytes-${compression}`;
    const partitions = await lab.newTopic(topic, 1, { 'compression.type': compression === 'none' ? 'uncompressed' : compression });
    await lab.source.produce(topic, 0, [
      { key: text('k'), value: text('v'.repeat(2000)), timestamp: 1_700_000_000_000n, headers: [['a', text('1')], ['a', null], ['', Buffer.alloc(0)]] },
      { key: text('tombstone'), value: null, timestamp: 1_600_000_000_000n },
      { key: null, value: Buffer.alloc(0) },
    ]);
    await lab.source.produce(topic, 0, [{ key: null, value: null }]);
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    await copier.stop();
    expect((await lab.read(lab.target, topic)).map(printable)).toEqual((await lab.read(lab.source, topic)).map(printable));
    // What is not compressed may be merged with its neighbours.
    if (compression !== 'none') expect(await payloads(lab.target, topic)).toEqual(await payloads(lab.source, topic));
  });

  test('what was aborted on the source and its markers are left out; what was committed is there once, in order', async () => {
    const partitions = await lab.newTopic('transactions');
    const [one, two] = [await openTransactions(lab.source, `one-${to}`, 'transactions'), await openTransactions(lab.source, `two-${to}`, 'transactions')];
    const record = (value: string) => ({ key: null, value: text(value), timestamp: 7n });
    await one.write(record('committed-1'), record('committed-2'));
    await two.write(record('aborted-1'));
    await lab.source.produce('transactions', 0, [record('plain')]);
    await two.write(record('aborted-2'));
    await one.end(true);
    await two.end(false);
    await two.write(record('committed-3'));
    await two.end(true);
    await one.write(record('open'));
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    const values = ['committed-1', 'committed-2', 'plain', 'committed-3'];
    expect((await lab.read(lab.target, 'transactions')).map(valueOf)).toEqual(values);
    await one.end(true);
    await lab.settle(copier, partitions);
    await copier.stop();
    expect((await lab.read(lab.target, 'transactions')).map(valueOf)).toEqual([...values, 'open']);
  });

  test('it goes on after the position that stands on the target, in the middle of a batch, too, and writes its own where Connect would look for them', async () => {
    const topic = 'positions';
    const partitions = await lab.newTopic(topic, 2);
    for (const partition of [0, 1]) await lab.source.produce(topic, partition, ['a', 'b', 'c', 'd'].map((value) => ({ key: text('k'), value: text(value), timestamp: 5n })));
    const key = (partition: number) => text(`["MirrorSourceConnector",{"cluster":"main","partition":${partition},"topic":"${topic}"}]`);
    const oddPlace = (keyPartition(key(0), OFFSETS_PARTITIONS) + 1) % OFFSETS_PARTITIONS;
    await lab.target.produce(OFFSETS_TOPIC, oddPlace, [{ key: key(0), value: text('{"offset":1}') }]);
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    await copier.stop();
    expect((await lab.read(lab.target, topic, 0)).map(valueOf)).toEqual(['c', 'd']);
    expect((await lab.read(lab.target, topic, 1)).map(valueOf)).toEqual(['a', 'b', 'c', 'd']);
    const kept = await Promise.all([oddPlace, keyPartition(key(1), OFFSETS_PARTITIONS)].map(async (partition) => (await lab.read(lab.target, OFFSETS_TOPIC, partition)).map((one) => `${one.key?.toString() ?? ''} ${valueOf(one)}`)));
    expect(kept[0]?.filter((one) => one.startsWith(key(0).toString()))).toEqual([`${key(0).toString()} {"offset":1}`, `${key(0).toString()} {"offset":3}`]);
    expect(kept[1]?.filter((one) => one.startsWith(key(1).toString()))).toEqual([`${key(1).toString()} {"offset":3}`]);
  });

  test('the time that a broker gave a record is the time of its copy', async () => {
    const partitions = await lab.newTopic('broker-time');
    await lab.source.incrementalAlterConfigs([{ type: 'topic', name: 'broker-time', set: { 'message.timestamp.type': 'LogAppendTime' } }]);
    const write = (): Promise<unknown> => lab.source.produce('broker-time', 0, [1n, 2n].map((timestamp) => ({ key: null, value: text('x'), timestamp })));
    // A broker takes a moment to learn of a topic's new setting.
    await vi.waitUntil(async () => {
      await write();
      return ((await lab.read(lab.source, 'broker-time')).at(-1)?.timestamp ?? 0n) > 1_700_000_000_000n;
    }, { timeout: 30_000 });
    await write();
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    await copier.stop();
    const times = (records: readonly KafkaRecord[]) => records.map(({ timestamp }) => timestamp);
    expect(times(await lab.read(lab.target, 'broker-time'))).toEqual(times(await lab.read(lab.source, 'broker-time')));
    expect(times(await lab.read(lab.source, 'broker-time')).slice(-2).every((time) => time > 1_700_000_000_000n)).toBe(true);
  });

  test('batches of 12 MB pass beside small ones', async () => {
    const partitions = await lab.newTopic('large', 3, { 'max.message.bytes': `${20 << 20}` });
    const large = Buffer.alloc(12 << 20, 'large ');
    await Promise.all(partitions.map(async ({ topic, partition }) => {
      for (const value of [text('before'), large, text('after')]) await lab.source.produce(topic, partition, [{ key: null, value }]);
    }));
    const copier = lab.copy(partitions);
    await lab.settle(copier, partitions);
    await copier.stop();
    for (const { partition } of partitions) {
      expect((await lab.read(lab.target, 'large', partition)).map(({ value }) => value?.length)).toEqual([6, large.length, 5]);
      expect((await lab.read(lab.target, 'large', partition))[1]?.value?.equals(large)).toBe(true);
    }
  });

  test('hundreds of batches of one record each are few on the target; where the target refuses what was merged as too large, they stay as they are', async () => {
    for (const [topic, limit] of [['merged', 1 << 20], ['unmerged', 1000]] as const) {
      const partitions = await lab.newTopic(topic);
      const values = Array.from({ length: 300 }, (_, index) => `${index} ${'x'.repeat(index)}`);
      for (const value of values) await lab.source.produce(topic, 0, [{ key: null, value: text(value), headers: [['h', text(value)]] }]);
      await lab.target.incrementalAlterConfigs([{ type: 'topic', name: topic, set: { 'max.message.bytes': `${limit}` } }]);
      const copier = lab.copy(partitions);
      await lab.settle(copier, partitions);
      await copier.stop();
      const withoutOffsets = (records: readonly KafkaRecord[]) => records.map((record) => printable({ ...record, offset: 0n }));
      expect(withoutOffsets(await lab.read(lab.target, topic))).toEqual(withoutOffsets(await lab.read(lab.source, topic)));
      const batches = (await payloads(lab.target, topic)).length;
      if (topic === 'merged') expect(batches).toBeLessThan(30);
      else expect(batches).toBe(values.length);
    }
  });

  test('a batch that the target refuses ends it with the reason; nothing is skipped', async () => {
    const partitions = await lab.newTopic('refused');
    await lab.target.incrementalAlterConfigs([{ type: 'topic', name: 'refused', set: { 'max.message.bytes': '1000' } }]);
    for (const value of [text('before'), Buffer.alloc(5000), text('after')]) await lab.source.produce('refused', 0, [{ key: null, value }]);
    const copier = lab.copy(partitions);
    await expect(lab.settle(copier, partitions)).rejects.toMatchObject({ message: expect.stringMatching(/refused-0.*MESSAGE_TOO_LARGE/) });
    await copier.stop();
    expect((await lab.read(lab.target, 'refused')).map(valueOf)).not.toContain('after');
  });

  test('a partition that it does not know is told when the end is waited for; where every topic was deleted, nothing is behind', async () => {
    const partitions = await lab.newTopic('known');
    const copier = lab.copy(partitions);
    await expect(copier.awaitEnds(new Map([['unknown-0', 1n]]), AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'CHECK_FAILED', message: expect.stringContaining('unknown-0 appeared on the source') });
    await lab.settle(copier, partitions);
    await copier.stop();
    expect(copier.failure).toBeUndefined();
    // For so long each of its questions is asked again, since what was just made is not known everywhere.
    const ofNothing = lab.copy([{ topic: 'nowhere', partition: 0 }], { requestTimeoutMs: 2000 });
    await ofNothing.awaitWithin(() => 100, AbortSignal.timeout(20_000));
    expect([...ofNothing.leftOut]).toEqual(['nowhere']);
  });

  test('a topic that is deleted on the source is left out, and the others go on; one that comes back under its name is not taken for it', async () => {
    const [doomed, kept] = [await lab.newTopic('doomed', 2), await lab.newTopic('kept')];
    const write = (topic: string, value: string): Promise<unknown> => lab.source.produce(topic, 0, [{ key: null, value: text(value) }]);
    for (const topic of ['doomed', 'kept']) await write(topic, 'before');
    const copier = lab.copy([...doomed, ...kept]);
    await lab.settle(copier, [...doomed, ...kept]);
    await lab.source.deleteTopics(['doomed']);
    // Beyond what was ever there: it is waited for until it is known that it will never come.
    await copier.awaitEnds(new Map([['doomed-0', 100n], ['doomed-1', 100n]]), AbortSignal.timeout(60_000));
    expect([...copier.leftOut]).toEqual(['doomed']);
    await write('kept', 'after');
    await lab.settle(copier, kept);
    expect((await lab.read(lab.target, 'kept')).map(valueOf)).toEqual(['before', 'after']);
    expect((await lab.read(lab.target, 'doomed')).map(valueOf)).toEqual(['before']);
    await expect(copier.include(doomed)).rejects.toMatchObject({ code: 'CHECK_FAILED', message: expect.stringContaining('doomed was deleted on the source and made again') });
    await copier.stop();
    expect(copier.failure).toBeUndefined();
  });

  test('topics and partitions that are included later are made on the target as they are on the source, and copied from their beginning', async () => {
    const first = await lab.newTopic('first');
    const copier = lab.copy(first);
    await lab.source.produce('first', 0, [{ key: null, value: text('a') }]);
    await lab.settle(copier, first);
    await lab.source.createTopics([{ name: 'late', partitions: 2, replicationFactor: 1, configs: { 'cleanup.policy': 'compact', 'min.insync.replicas': '1' } }]);
    await lab.source.send({ kind: 'any' }, createPartitionsApi, { topics: [{ name: 'first', count: 2, assignments: null }], timeoutMs: 10_000, validateOnly: false });
    const late = [0, 1].map((partition) => ({ topic: 'late', partition }));
    const all = [...first, { topic: 'first', partition: 1 }, ...late];
    await vi.waitUntil(async () => (await lab.source.metadata(['first'])).topics[0]?.partitions.length === 2, { timeout: 30_000 });
    lab.source.forgetLocations();
    for (const { topic, partition } of all.slice(1)) await lab.source.produce(topic, partition, [{ key: text('k'), value: text(`${topic}-${partition}`) }]);
    expect(await copier.include(all)).toEqual(all.slice(1));
    expect(await copier.include(all)).toEqual([]);
    await lab.settle(copier, all);
    await copier.stop();
    lab.target.forgetLocations();
    for (const { topic, partition } of all.slice(1)) expect((await lab.read(lab.target, topic, partition)).map(valueOf)).toEqual([`${topic}-${partition}`]);
    expect((await lab.read(lab.target, 'first')).map(valueOf)).toEqual(['a']);
    const { configs } = (await lab.target.describeConfigs([{ type: 'topic', name: 'late' }]))[0] ?? { configs: new Map() };
    expect(configs.get('cleanup.policy')?.value).toBe('compact');
  });

  test('a topic that only the target has lost is not left out: it is the end', async () => {
    const partitions = await lab.newTopic('lost');
    await lab.target.deleteTopics(['lost']);
    await lab.source.produce('lost', 0, [{ key: null, value: text('x') }]);
    const copier = lab.copy(partitions);
    await expect(lab.settle(copier, partitions)).rejects.toMatchObject({ code: 'CHECK_FAILED', message: expect.stringContaining('lost-0 is not there on both sides') });
    await copier.stop();
    expect(copier.leftOut.size).toBe(0);
  });

  async function payloads(client: CopyLab['source'], topic: string): Promise<readonly string[]> {
    const { records } = await client.fetch(topic, 0, 0n, { maxBytes: 1 << 20, maxWaitMs: 0, isolation: 'read_committed' });
    return [...readRecordBatches(records)].filter(({ isControl }) => !isControl).map(({ compression, bytes }) => `${compression} ${bytes.subarray(BATCH_HEADER_BYTES).toString('base64')}`);
  }
});

test('a lab of its own: producers that claim a stale epoch are told so', async () => {
  // The guard that all tests of two copiers rest on, without a copier: Kafka fences whoever had the id before.
  const lab = await openCopyLab('4.3.1', '4.3.1', 1);
  try {
    await lab.newTopic('stale');
    const first = await openTransactions(lab.target, SOURCE_TASK, 'stale');
    await first.write({ key: null, value: text('x'), timestamp: 1n });
    await openTransactions(lab.target, SOURCE_TASK, 'stale');
    await expect(first.write({ key: null, value: text('y'), timestamp: 1n })).rejects.toMatchObject({ details: { errorCode: expect.toBeOneOf([47, 90]) } });
    const [end] = await lab.target.listOffsets([{ topic: 'stale', partition: 0, timestamp: LATEST, isolation: 'read_committed' }]);
    expect(end?.offset, 'a record and the marker of its abort').toBe(2n);
  } finally {
    await lab.stop();
  }
});

function printable({ offset, timestamp, key, value, headers }: KafkaRecord): string {
  return [offset, timestamp, key?.toString(), value?.toString(), ...headers.flatMap(([name, header]) => [name, header?.toString()])].map((part) => part ?? 'null').join(' | ');
}

function valueOf({ value }: KafkaRecord): string {
  return value?.toString() ?? 'null';
}

