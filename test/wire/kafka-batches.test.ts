import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeRecordBatch } from '../../src/wire/encode-record-batch.ts';
import { readControlType, readRecordBatches, type RecordBatch } from '../../src/wire/record-batch.ts';

// Written by Kafka's own classes: tools/message-vectors/BatchVectors.java.
const vectors = new Map(readFileSync(path.join(import.meta.dirname, 'kafka-4.3.1-batches.txt'), 'utf8').trimEnd().split('\n').map((line): [string, Buffer] => {
  const [name = '', base64 = ''] = line.split(' ');
  return [name, Buffer.from(base64, 'base64')];
}));

function bytesOf(name: string): Buffer {
  const bytes = vectors.get(name);
  if (bytes === undefined) throw new Error(`no vector ${name}`);
  return Buffer.from(bytes);
}

function batchOf(name: string): RecordBatch {
  const [batch] = readRecordBatches(bytesOf(name));
  if (batch === undefined) throw new Error(`no batch in ${name}`);
  return batch;
}

const RECORDS = [
  { offset: 5n, timestamp: 1000n, key: Buffer.from('key'), value: Buffer.from('value'), headers: [['h', Buffer.from('x')], ['n', null]] },
  { offset: 6n, timestamp: 900n, key: null, value: null, headers: [] },
  { offset: 7n, timestamp: 4000n, key: Buffer.alloc(0), value: Buffer.from('abc'.repeat(300)), headers: [] },
];

describe('batches that Kafka wrote', () => {
  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('%s', (compression) => {
    const batch = batchOf(compression);
    expect(batch).toMatchObject({
      compression, baseOffset: 5n, lastOffset: 7n, partitionLeaderEpoch: 3, isTransactional: false, isControl: false, producerId: -1n, producerEpoch: -1,
      baseSequence: -1, baseTimestamp: 1000n, maxTimestamp: 4000n, recordCount: 3,
    });
    expect([...batch.records()]).toEqual(RECORDS);
  });

  test('transactional', () => {
    expect(batchOf('transactional')).toMatchObject({ isTransactional: true, isControl: false, producerId: 77n, producerEpoch: 2, baseSequence: 9 });
  });

  test.each([{ name: 'abort-marker', type: 'abort' }, { name: 'commit-marker', type: 'commit' }])('$name', ({ name, type }) => {
    const batch = batchOf(name);
    expect(batch).toMatchObject({ isTransactional: true, isControl: true, producerId: 77n });
    expect([...batch.records()].map(readControlType)).toEqual([type]);
  });

  test('ours are the same bytes, but for the leader epoch, which brokers fill in', () => {
    const ours = encodeRecordBatch(RECORDS.map(({ timestamp, key, value, headers }) => ({ timestamp, key, value, headers: headers as [string, Buffer | null][] })), { baseOffset: 5n, producerId: 77n, producerEpoch: 2, baseSequence: 9, isTransactional: true });
    ours.writeInt32BE(3, 12);
    expect(ours.toString('hex')).toBe(bytesOf('transactional').toString('hex'));
  });

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('%s: any flipped bit behind the checksum is noticed', (name) => {
    const bytes = bytesOf(name);
    for (let at = 21; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x10;
      expect(() => [...readRecordBatches(changed)], `byte ${at}`).toThrow(expect.objectContaining({ code: 'PROTOCOL', message: expect.stringContaining('crc') }));
    }
  });
});
