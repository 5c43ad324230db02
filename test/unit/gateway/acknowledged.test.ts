import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AckMemory } from '../../../src/gateway/acknowledged/ack-memory.ts';
import type { Acknowledgement } from '../../../src/gateway/acknowledged/acknowledgement.ts';
import { PartitionAcks } from '../../../src/gateway/acknowledged/partition-acks.ts';
import { ProducedBatches } from '../../../src/gateway/acknowledged/produced-batches.ts';
import { FrameReader } from '../../../src/gateway/bytes/frame-reader.ts';
import { peekBatchHead } from '../../../src/gateway/splice/batch-head.ts';
import type { AckRun } from '../../../src/shared/admin-api.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { sourceOf } from '../../support/byte-stream.ts';

const ack = (base: number, records: number, atMs = 0): Acknowledgement => ({ topic: 't', partition: 0, base, records, bytes: records * 10, atMs, isTransactional: false });
const sum = (runs: readonly AckRun[], of: 'records' | 'bytes'): number => runs.reduce((total, run) => total + run[of], 0);

/** Batches that several nodes wrote one behind the other, and which of them are ours. */
const batches = fc.array(fc.record({ records: fc.integer({ min: 1, max: 9 }), isOurs: fc.boolean(), repeats: fc.boolean() }), { minLength: 1, maxLength: 80 }).map((all) => {
  let base = 0;
  return all.map(({ records, ...rest }) => {
    base += records;
    return { ...ack(base - records, records), ...rest };
  });
});

describe('what was acknowledged in a partition', () => {
  test('is known record by record, in whatever order and however often answers come', () => {
    fc.assert(fc.property(batches, fc.array(fc.nat(), { minLength: 80, maxLength: 80 }), (all, keys) => {
      const ours = all.filter(({ isOurs }) => isOurs);
      const told = [...ours, ...ours.filter(({ repeats }) => repeats)].map((one, index) => ({ one, key: keys[index % keys.length] ?? 0 })).sort((a, b) => a.key - b.key);
      const acks = new PartitionAcks();
      for (const { one } of told) acks.add(one, 1000);
      const offsets = ours.flatMap(({ base, records }) => Array.from({ length: records }, (_, index) => base + index));
      expect(acks.runs.flatMap(({ base, last }) => Array.from({ length: last - base + 1 }, (_, index) => base + index))).toEqual(offsets);
      expect([sum(acks.runs, 'records'), sum(acks.runs, 'bytes')]).toEqual([offsets.length, offsets.length * 10]);
    }));
  });

  test('is bounded, and nothing is forgotten: the older half is known less exactly', () => {
    const acks = new PartitionAcks();
    for (let index = 0; index < 1000; index++) acks.add(ack(index * 3, 2, index), 16);
    expect(acks.runs.length).toBeLessThanOrEqual(16);
    expect([sum(acks.runs, 'records'), acks.runs[0]?.base, acks.runs.at(-1)?.last, acks.runs[0]?.fromMs]).toEqual([2000, 0, 2998, 0]);
    expect(acks.runs.at(-1)).toMatchObject({ base: 2997, records: 2 });
    expect(acks.runs[0]?.records).toBeLessThan((acks.runs[0]?.last ?? 0) + 1);
  });

  test('is dated by the second, however steadily it is written', () => {
    const acks = new PartitionAcks();
    for (let atMs = 0; atMs < 5000; atMs += 100) acks.add(ack(atMs, 100, atMs), 1000);
    expect(acks.runs.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[0, 900], [1000, 1900], [2000, 2900], [3000, 3900], [4000, 4900]]);
  });
});

describe('the memory of a node', () => {
  test('says up to where it may have forgotten something, once that was measured', () => {
    const memory = new AckMemory(() => 0);
    memory.forgot('main');
    memory.add('main', [ack(120, 5)]);
    expect(memory.report()).toMatchObject([{ cluster: 'main', gap: 'the node has just started', partitions: [{ topic: 't', partition: 0, unknownBelow: 0 }] }]);
    expect(memory.gaps).toEqual(['main']);
    memory.measured('main', new Map([['t', new Map([[0, 120], [1, 0]])], ['u', new Map([[3, 7]])]]));
    expect(memory.gaps).toEqual([]);
    const [main] = memory.report();
    expect(main).toMatchObject({ gap: null, partitions: [{ topic: 't', partition: 0, unknownBelow: 120, runs: [{ base: 120, last: 124 }] }, { topic: 'u', partition: 3, unknownBelow: 7, runs: [] }] });
    expect(main?.partitions).toHaveLength(2);
  });

  test('forgets again when a process of the node dies, and then knows a higher bound', () => {
    const memory = new AckMemory(() => 0);
    memory.measured('main', new Map([['t', new Map([[0, 5]])]]));
    memory.forgot('main', 'worker 1 was ended by SIGKILL');
    expect(memory.report()[0]?.gap).toBe('worker 1 was ended by SIGKILL');
    memory.measured('main', new Map([['t', new Map([[0, 3]])]]));
    expect(memory.report()[0]?.partitions[0]?.unknownBelow).toBe(5);
  });

  test('keeps clusters apart', () => {
    const memory = new AckMemory(() => 0);
    memory.add('main', [ack(0, 5)]);
    memory.add('failover', [ack(50, 1)]);
    expect(memory.report().map(({ cluster, partitions }) => [cluster, partitions[0]?.runs[0]?.base])).toEqual([['main', 0], ['failover', 50]]);
  });
});

describe('a Produce request', () => {
  const records = (count: number) => encodeRecordBatch(Array.from({ length: count }, () => ({ key: null, value: Buffer.from('x'), timestamp: 1n })));

  test('says how many records it has, and is left as it is', async () => {
    const bytes = records(7);
    const reader = new FrameReader(sourceOf([bytes]), bytes.length, true, 'Produce');
    expect(await peekBatchHead(reader, bytes.length)).toEqual({ records: 7, bytes: bytes.length, isTransactional: false });
    expect(reader.remaining).toBe(bytes.length);
    expect(await peekBatchHead(reader, 60)).toBeUndefined();
    const old = Buffer.from(bytes);
    old.writeInt8(1, 16);
    expect(await peekBatchHead(new FrameReader(sourceOf([old]), old.length, true, 'Produce'), old.length)).toBeUndefined();
  });

  test('counts once its client is told, where the broker took it', () => {
    const told: Acknowledgement[] = [];
    const produced = new ProducedBatches('main', { add: (_cluster, acks) => void told.push(...acks) });
    for (const [partition, count] of [[0, 3], [1, 4], [2, 5]] as const) {
      produced.add({ physical: 'teamAt', name: 't', topicId: '', partition, batch: { records: count, bytes: count * 9, isTransactional: partition === 1 } });
    }
    produced.answered({ responses: [{ name: 'teamAt', partitionResponses: [{ index: 2, errorCode: 0, baseOffset: 50n }, { index: 0, errorCode: 6, baseOffset: -1n }, { index: 1, errorCode: 0, baseOffset: 9n }] }] });
    expect(told).toEqual([]);
    produced.delivered();
    produced.delivered();
    expect(told).toMatchObject([{ topic: 'teamAt', partition: 2, base: 50, records: 5, bytes: 45, isTransactional: false }, { partition: 1, base: 9, records: 4, isTransactional: true }]);
    expect(told).toHaveLength(2);
    expect(produced.asked).toEqual({ acks: -1, topics: [{ name: 't', topicId: '', partitions: [0, 1, 2] }] });
  });
});
