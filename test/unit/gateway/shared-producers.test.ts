import { beforeEach, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { UNKNOWN_SOFTWARE } from '../../../src/gateway/client-software.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { Transactions } from '../../../src/gateway/transactions/transactions.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import type { RequestHead } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { readRecordBatches, type RecordBatch } from '../../../src/wire/record-batch.ts';

const HEAD = { apiVersion: 11 } as RequestHead;
const ID = { transactionalId: 't' };
const OLD = { producerId: 7n, producerEpoch: 1 };
/** As a cluster that has seen the producer gives it: its sequences must begin at 0 there. */
const INTRODUCED = { errorCode: 0, producerId: 9n, producerEpoch: 3 };

let one: Transactions;
let other: Transactions;
const asked: string[] = [];
const client = {
  send: async (_: unknown, { name }: { readonly name: string }) => {
    asked.push(name);
    return name === 'EndTxn' ? { errorCode: 0, producerId: -1n, producerEpoch: -1 } : INTRODUCED;
  },
} as unknown as KafkaClient;

beforeEach(() => {
  asked.length = 0;
  const log = createLog(() => {});
  one = new Transactions(log, async (transactionalId, note) => other.learn(transactionalId, structuredClone(note)));
  other = new Transactions(log, async (transactionalId, note) => one.learn(transactionalId, structuredClone(note)));
  void one.after(API.initProducerId, { ...ID, transactionTimeoutMs: 5000 }, { errorCode: 0, ...OLD }, UNKNOWN_SOFTWARE);
});

function move(): void {
  for (const each of [one, other]) each.moved(client);
}

function begin(): void {
  void one.after(API.addOffsetsToTxn, { ...ID, ...OLD }, { errorCode: 0 }, UNKNOWN_SOFTWARE);
}

async function produce(through: Transactions, partition: number, sequence: number): Promise<number | RecordBatch | undefined> {
  const records = encodeRecordBatch([{ key: null, value: Buffer.from('v'), timestamp: 0n }], { ...OLD, baseSequence: sequence, isTransactional: true });
  const body = encodeMessage(produceRequest, HEAD.apiVersion, newMessage(produceRequest, { ...ID, acks: -1, topicData: [{ name: 'users', partitionData: [{ index: partition, records }] }] }));
  const refusal = await through.beforeProduce('t', HEAD, body, UNKNOWN_SOFTWARE);
  return refusal ?? [...readRecordBatches(decodeMessage(produceRequest, HEAD.apiVersion, body).topicData[0]?.partitionData[0]?.records ?? Buffer.alloc(0))][0];
}

test('a producer that one process introduces writes through the other one, too, under its new id', async () => {
  move();
  expect(await produce(other, 0, 40)).toBe(ERROR.INVALID_PRODUCER_ID_MAPPING);
  await one.before(API.addOffsetsToTxn, { ...ID, ...OLD }, UNKNOWN_SOFTWARE);
  expect(await produce(other, 0, 40)).toMatchObject({ producerId: 9n, producerEpoch: 3, baseSequence: 0 });
});

test('its first sequences are what both have seen, whichever was first', async () => {
  move();
  await one.before(API.addOffsetsToTxn, { ...ID, ...OLD }, UNKNOWN_SOFTWARE);
  await Promise.all([produce(one, 0, 40), produce(other, 1, 50)]);
  expect(await produce(other, 0, 41)).toMatchObject({ baseSequence: 1 });
  expect(await produce(one, 1, 52)).toMatchObject({ baseSequence: 2 });
});

test('a transaction that was opened through one process may end through the other one while writes are held, and only its own process aborts it', async () => {
  begin();
  other.held();
  expect(other.mayEnd('t')).toBe(true);
  expect(await other.abortOpen(client, 1000)).toBe(0);
  expect(await one.abortOpen(client, 1000)).toBe(1);
  expect(asked).toEqual(['EndTxn']);
  expect([one.openCount, other.openCount]).toEqual([0, 0]);
  move();
  expect(await produce(other, 0, 40)).toBe(ERROR.INVALID_PRODUCER_ID_MAPPING);
  // Its client aborts through whom it likes, and both know.
  expect(await other.before(API.endTxn, { ...ID, ...OLD, committed: false }, UNKNOWN_SOFTWARE)).toMatchObject({ errorCode: 0 });
  expect(await one.before(API.addOffsetsToTxn, { ...ID, ...OLD }, UNKNOWN_SOFTWARE)).toBeUndefined();
});

test('the end that comes through the other process is known to the one that waits for it', async () => {
  begin();
  one.held();
  const ended = one.ended();
  void other.after(API.endTxn, { ...ID, ...OLD, committed: true }, { errorCode: 0 }, UNKNOWN_SOFTWARE);
  await ended;
  expect(await one.abortOpen(client, 1000)).toBe(0);
});

test('what a process that is gone had opened is aborted by whoever adopts it, as the producer that the cluster knows', async () => {
  move();
  await one.before(API.addOffsetsToTxn, { ...ID, ...OLD }, UNKNOWN_SOFTWARE);
  void one.after(API.addOffsetsToTxn, { ...ID, producerId: 9n, producerEpoch: 3 }, { errorCode: 0 }, UNKNOWN_SOFTWARE);
  other.adopt('t');
  expect(await other.abortOpen(client, 1000)).toBe(1);
});

test('a process that starts learns everything at once', async () => {
  move();
  await one.before(API.addOffsetsToTxn, { ...ID, ...OLD }, UNKNOWN_SOFTWARE);
  const late = new Transactions(createLog(() => {}));
  late.moved(client);
  for (const [transactionalId, note] of structuredClone(one.notes())) late.learn(transactionalId, note);
  expect(await produce(late, 0, 40)).toMatchObject({ producerId: 9n, baseSequence: 0 });
});
