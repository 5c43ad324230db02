import { beforeEach, describe, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { readClientSoftware, UNKNOWN_SOFTWARE } from '../../../src/gateway/client-software.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { Transactions } from '../../../src/gateway/transactions/transactions.ts';
import { decodeMessage, encodeMessage } from '../../../src/wire/codec.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { apiVersionsRequest } from '../../../src/wire/generated/api-versions.ts';
import { produceRequest } from '../../../src/wire/generated/produce.ts';
import { encodeRequestFrame, readRequestHeader, type RequestHead } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import { readRecordBatches, type RecordBatch } from '../../../src/wire/record-batch.ts';

const JAVA_4 = { name: 'apache-kafka-java', version: '4.3.1' };
const JAVA_3 = { name: 'apache-kafka-java', version: '3.9.2' };
const LIBRDKAFKA = { name: 'librdkafka', version: '2.16.0' };
const ID = { transactionalId: 'teamAt' };
const OLD = { producerId: 7n, producerEpoch: 1 };
const { TRANSACTION_ABORTABLE, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, COORDINATOR_NOT_AVAILABLE, NONE } = ERROR;

/** A coordinator on each cluster that remembers what it was asked. */
interface Coordinator {
  readonly client: KafkaClient;
  readonly asked: { readonly api: string; readonly draft: unknown }[];
  readonly answers: Record<string, Record<string, unknown>>;
}

function startCoordinator(): Coordinator {
  const asked: { api: string; draft: unknown }[] = [];
  const answers: Coordinator['answers'] = {
    EndTxn: { errorCode: NONE, producerId: -1n, producerEpoch: -1 },
    InitProducerId: { errorCode: NONE, producerId: 9n, producerEpoch: 0 },
    DescribeTransactions: { transactionStates: [{ errorCode: NONE, ...OLD, transactionState: 'CompleteAbort' }] },
  };
  const send = async (target: unknown, { name }: { readonly name: string }, draft: unknown): Promise<unknown> => {
    expect(target).toEqual({ kind: 'transaction', transactionalId: 'teamAt' });
    asked.push({ api: name, draft });
    const answer = answers[name];
    if (answer === undefined) throw new Error('no answer');
    return answer;
  };
  return { client: { send } as unknown as KafkaClient, asked, answers };
}

let transactions: Transactions;
let main: Coordinator;
let failover: Coordinator;

beforeEach(() => {
  transactions = new Transactions(createLog(() => {}));
  main = startCoordinator();
  failover = startCoordinator();
});

const addPartitions = (identity = OLD) => ({ v3AndBelowTransactionalId: 'teamAt', v3AndBelowProducerId: identity.producerId, v3AndBelowProducerEpoch: identity.producerEpoch, v3AndBelowTopics: [{ name: 'teamAusers', partitions: [0] }] });
const endTxn = (committed: boolean, identity = OLD) => ({ ...ID, ...identity, committed });
const produced = (errorCode: number) => ({ responses: [{ partitionResponses: [{ errorCode }] }] });
const begin = (): unknown => transactions.after(API.addPartitionsToTxn, addPartitions(), { resultsByTopicV3AndBelow: [] }, JAVA_4);
const end = (committed: boolean): unknown => transactions.after(API.endTxn, endTxn(committed), { errorCode: NONE }, JAVA_4);
const move = (): void => transactions.moved(failover.client, main.client);

beforeEach(() => transactions.after(API.initProducerId, { ...ID, transactionTimeoutMs: 5000 }, { errorCode: NONE, ...OLD }, JAVA_4));

describe('before a switch', () => {
  test('what is open is aborted on the cluster that is left, as its producer', async () => {
    begin();
    expect(await transactions.abortOpen(main.client, 1000)).toBe(1);
    expect(main.asked).toEqual([{ api: 'EndTxn', draft: endTxn(false) }]);
    expect(transactions.openCount).toBe(0);
  });

  test.each([
    { name: 'has ended', act: () => end(true) },
    { name: 'was begun anew by its producer', act: () => transactions.after(API.initProducerId, { ...ID }, { errorCode: NONE, producerId: 7n, producerEpoch: 2 }, JAVA_4) },
  ])('what $name is not', async ({ act }) => {
    begin();
    act();
    expect(await transactions.abortOpen(main.client, 1000)).toBe(0);
  });

  test('other processes are told of each that opens, once, and of its end', async () => {
    const told: unknown[] = [];
    transactions = new Transactions(createLog(() => {}), async (transactionalId, { producerId, epoch, standing, isOpen }, isAwaited) => void told.push([transactionalId, producerId, epoch, standing, isOpen, isAwaited]));
    begin();
    transactions.after(API.addOffsetsToTxn, { ...ID, producerId: 7n, producerEpoch: 1 }, { errorCode: 0 }, JAVA_4);
    transactions.after(API.endTxn, { ...ID, committed: true }, { errorCode: 0 }, JAVA_4);
    expect(told).toEqual([['teamAt', 7n, 1, 'here', true, false], ['teamAt', 7n, 1, 'here', false, false]]);
    begin();
    await transactions.abortOpen(main.client, 1000);
    expect(told.slice(2)).toEqual([['teamAt', 7n, 1, 'here', true, false], ['teamAt', 7n, 1, 'aborted', false, false]]);
  });

  test('an abort that comes too late is no reason to stop', async () => {
    begin();
    main.answers['EndTxn'] = { errorCode: ERROR.INVALID_TXN_STATE };
    expect(await transactions.abortOpen(main.client, 1000)).toBe(1);
    expect(transactions.openCount).toBe(0);
  });

  test('nothing is changed: errors are the broker\'s own, and meant', async () => {
    const answer = { errorCode: INVALID_PRODUCER_ID_MAPPING };
    transactions.after(API.endTxn, endTxn(false), answer, JAVA_4);
    expect(answer.errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
    const request = addPartitions();
    expect(await transactions.before(API.addPartitionsToTxn, request, JAVA_4)).toBeUndefined();
    expect(request).toEqual(addPartitions());
  });
});

describe('while writes are held', () => {
  test('a transaction that is open may end, and only that one', async () => {
    begin();
    expect(transactions.mayEnd('teamAt')).toBe(false);
    transactions.held();
    expect(['teamAt', 'teamAother', null].map((id) => transactions.mayEnd(id))).toEqual([true, false, false]);
    const ended = transactions.ended();
    end(true);
    await ended;
    expect(transactions.openCount).toBe(0);
  });

  test('one that does not end in time is held, too', async () => {
    begin();
    transactions.held();
    await transactions.ended();
    expect(transactions.mayEnd('teamAt')).toBe(false);
    expect(transactions.openCount).toBe(1);
  });
});

describe('after a switch a producer that had nothing open does not notice', () => {
  beforeEach(() => {
    begin();
    end(true);
    move();
  });

  test('its next transaction begins under the id that the new cluster gave it, and goes on and ends under it', async () => {
    const begun = addPartitions();
    expect(await transactions.before(API.addPartitionsToTxn, begun, JAVA_4)).toBeUndefined();
    expect(begun).toEqual(addPartitions({ producerId: 9n, producerEpoch: 0 }));
    expect(failover.asked).toEqual([{ api: 'InitProducerId', draft: { ...ID, transactionTimeoutMs: 5000, producerId: -1n, producerEpoch: -1 } }]);
    transactions.after(API.addPartitionsToTxn, begun, { resultsByTopicV3AndBelow: [] }, JAVA_4);
    expect(transactions.openCount).toBe(1);
    const committed = endTxn(true);
    expect(await transactions.before(API.endTxn, committed, JAVA_4)).toBeUndefined();
    expect(committed).toEqual(endTxn(true, { producerId: 9n, producerEpoch: 0 }));
    transactions.after(API.endTxn, committed, { errorCode: NONE }, JAVA_4);
    expect(transactions.openCount).toBe(0);
    expect(failover.asked).toHaveLength(1);
  });

  test('it is introduced once, however many of its requests begin a transaction', async () => {
    await Promise.all([transactions.before(API.addPartitionsToTxn, addPartitions(), LIBRDKAFKA), transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, LIBRDKAFKA)]);
    expect(failover.asked).toHaveLength(1);
  });

  test.each([
    { name: 'a later epoch', state: { producerId: 7n, producerEpoch: 2 } },
    { name: 'another id', state: { producerId: 8n, producerEpoch: 0 } },
  ])('but one whose transactional id has $name on the cluster that was left is fenced', async ({ state }) => {
    main.answers['DescribeTransactions'] = { transactionStates: [{ errorCode: NONE, ...state }] };
    expect(await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4)).toMatchObject({ errorCode: PRODUCER_FENCED });
    expect(failover.asked).toEqual([]);
  });

  test('a cluster that was left and cannot be asked is not waited for', async () => {
    delete main.answers['DescribeTransactions'];
    expect(await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4)).toBeUndefined();
  });

  test('where the new cluster does not introduce it, it is told to try again', async () => {
    delete failover.answers['InitProducerId'];
    expect(await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4)).toMatchObject({ errorCode: COORDINATOR_NOT_AVAILABLE });
  });

  test('a commit whose answer got lost is one still; it reaches no broker', async () => {
    expect(await transactions.before(API.endTxn, endTxn(true), LIBRDKAFKA)).toMatchObject({ errorCode: NONE });
  });

  test('its wish for a new epoch is one of the id that it has there, or for a fresh one where it has none', async () => {
    const before = { ...ID, ...OLD };
    await transactions.before(API.initProducerId, before, JAVA_4);
    expect(before).toMatchObject({ producerId: -1n, producerEpoch: -1 });
    await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4);
    const after = { ...ID, ...OLD };
    await transactions.before(API.initProducerId, after, JAVA_4);
    expect(after).toMatchObject({ producerId: 9n, producerEpoch: 0 });
  });

  test('who had the transactional id before it is fenced here', async () => {
    transactions.after(API.initProducerId, { ...ID }, { errorCode: NONE, producerId: 9n, producerEpoch: 0 }, JAVA_4);
    expect(await transactions.before(API.endTxn, endTxn(true), JAVA_4)).toMatchObject({ errorCode: PRODUCER_FENCED });
  });

  test('back on the first cluster, which knows it by a later epoch, its sequences begin at 0', async () => {
    await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4);
    main.answers['InitProducerId'] = { errorCode: NONE, producerId: 7n, producerEpoch: 2 };
    failover.answers['DescribeTransactions'] = { transactionStates: [{ errorCode: NONE, producerId: 9n, producerEpoch: 0 }] };
    transactions.moved(main.client, failover.client);
    const begun = { ...ID, ...OLD };
    expect(await transactions.before(API.addOffsetsToTxn, begun, JAVA_4)).toBeUndefined();
    expect(begun).toEqual({ ...ID, producerId: 7n, producerEpoch: 2 });
    const body = produceOf({ ...OLD, sequence: 40 });
    expect(await transactions.beforeProduce('teamAt', { apiVersion: 11 } as RequestHead, body, JAVA_4)).toBeUndefined();
    expect(batchIn(body)).toMatchObject({ producerId: 7n, producerEpoch: 2, baseSequence: 0 });
    const next = produceOf({ ...OLD, sequence: 41 });
    await transactions.beforeProduce('teamAt', { apiVersion: 11 } as RequestHead, next, JAVA_4);
    expect(batchIn(next)).toMatchObject({ baseSequence: 1 });
  });

  test('its batches carry the new id, their own sequence, and a checksum that is right', async () => {
    await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4);
    const body = produceOf({ ...OLD, sequence: 40 });
    expect(await transactions.beforeProduce('teamAt', { apiVersion: 11 } as RequestHead, body, JAVA_4)).toBeUndefined();
    // Reading checks the checksum.
    expect(batchIn(body)).toMatchObject({ producerId: 9n, producerEpoch: 0, baseSequence: 40, isTransactional: true });
  });

  test('a batch of another id is left as it is', async () => {
    await transactions.before(API.addOffsetsToTxn, { ...ID, ...OLD }, JAVA_4);
    const body = produceOf({ producerId: 7n, producerEpoch: 0, sequence: 40 });
    const before = Buffer.from(body);
    await transactions.beforeProduce('teamAt', { apiVersion: 11 } as RequestHead, body, JAVA_4);
    expect(body).toEqual(before);
  });
});

describe('after a switch a producer whose transaction was aborted', () => {
  beforeEach(async () => {
    begin();
    await transactions.abortOpen(main.client, 1000);
    move();
  });

  test.each([
    { name: 'Java 4', software: JAVA_4, errorCode: TRANSACTION_ABORTABLE },
    { name: 'Java 3', software: JAVA_3, errorCode: INVALID_PRODUCER_ID_MAPPING },
    { name: 'librdkafka', software: LIBRDKAFKA, errorCode: INVALID_PRODUCER_ID_MAPPING },
    { name: 'who does not say who it is', software: UNKNOWN_SOFTWARE, errorCode: INVALID_PRODUCER_ID_MAPPING },
  ])('is told so once, in the words of $name, and then begins as if nothing had been', async ({ software, errorCode }) => {
    expect(await transactions.before(API.addPartitionsToTxn, addPartitions(), software)).toMatchObject({ resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: errorCode }] }] });
    expect(await transactions.before(API.txnOffsetCommit, { ...ID, ...OLD, topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }] }, software)).toMatchObject({ topics: [{ partitions: [{ errorCode }] }] });
    expect(await transactions.beforeProduce('teamAt', { apiVersion: 11 } as RequestHead, produceOf({ ...OLD, sequence: 3 }), software)).toBe(errorCode);
    expect(await transactions.before(API.endTxn, endTxn(true), software)).toMatchObject({ errorCode });
    expect(failover.asked).toEqual([]);
    expect(await transactions.before(API.endTxn, endTxn(false), software)).toMatchObject({ errorCode: NONE });
    const begun = addPartitions();
    expect(await transactions.before(API.addPartitionsToTxn, begun, software)).toBeUndefined();
    expect(begun.v3AndBelowProducerId).toBe(9n);
  });
});

test('a commit that the cluster had begun when its abort came has succeeded: its client is told so, and does not write everything again', async () => {
  begin();
  main.answers['EndTxn'] = { errorCode: ERROR.CONCURRENT_TRANSACTIONS };
  main.answers['DescribeTransactions'] = { transactionStates: [{ errorCode: NONE, ...OLD, transactionState: 'CompleteCommit' }] };
  await transactions.abortOpen(main.client, 1000);
  move();
  expect(await transactions.before(API.endTxn, endTxn(true), LIBRDKAFKA)).toMatchObject({ errorCode: NONE });
});

describe('a producer of before this node\'s start', () => {
  const stranger = { producerId: 5n, producerEpoch: 0 };
  beforeEach(() => {
    transactions = new Transactions(createLog(() => {}));
    move();
  });

  test.each([
    { name: 'adds partitions', key: API.addPartitionsToTxn, request: addPartitions(stranger), answer: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: 49 }, { partitionErrorCode: 0 }] }] }, becomes: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: 120 }, { partitionErrorCode: 0 }] }] } },
    { name: 'adds offsets', key: API.addOffsetsToTxn, request: { ...ID, ...stranger }, answer: { errorCode: 49 }, becomes: { errorCode: 120 } },
    { name: 'commits offsets', key: API.txnOffsetCommit, request: { ...ID, ...stranger }, answer: { topics: [{ partitions: [{ errorCode: 48 }] }] }, becomes: { topics: [{ partitions: [{ errorCode: 120 }] }] } },
    { name: 'commits', key: API.endTxn, request: endTxn(true, stranger), answer: { errorCode: 49 }, becomes: { errorCode: 120 } },
    { name: 'aborts', key: API.endTxn, request: endTxn(false, stranger), answer: { errorCode: 49 }, becomes: { errorCode: 0 } },
    { name: 'writes', key: API.produce, request: undefined, answer: produced(48), becomes: produced(120) },
    { name: 'is fenced by another: that is meant', key: API.endTxn, request: endTxn(true, stranger), answer: { errorCode: 90 }, becomes: { errorCode: 90 } },
  ])('of Java 4 $name', ({ key, request, answer, becomes }) => {
    transactions.after(key, request, answer, JAVA_4);
    expect(answer).toMatchObject(becomes);
  });

  test('is introduced with its next transaction', async () => {
    transactions.after(API.addOffsetsToTxn, { ...ID, ...stranger }, { errorCode: 49 }, JAVA_4);
    const begun = { ...ID, ...stranger };
    main.answers['DescribeTransactions'] = { transactionStates: [{ errorCode: NONE, ...stranger }] };
    expect(await transactions.before(API.addOffsetsToTxn, begun, JAVA_4)).toBeUndefined();
    expect(begun.producerId).toBe(9n);
  });

  test.each([JAVA_3, LIBRDKAFKA, UNKNOWN_SOFTWARE])('of $name $version needs no other words: it starts anew by itself, with a fresh id', async (software) => {
    const answer = { errorCode: INVALID_PRODUCER_ID_MAPPING };
    transactions.after(API.addOffsetsToTxn, { ...ID, ...stranger }, answer, software);
    expect(answer.errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
    const init = { ...ID, ...stranger };
    transactions = new Transactions(createLog(() => {}));
    move();
    await transactions.before(API.initProducerId, init, software);
    expect(init).toMatchObject({ producerId: -1n, producerEpoch: -1 });
  });
});

function produceOf({ producerId, producerEpoch, sequence }: { readonly producerId: bigint; readonly producerEpoch: number; readonly sequence: number }): Buffer {
  const records = encodeRecordBatch([{ key: null, value: Buffer.from('v'), timestamp: 0n }], { producerId, producerEpoch, baseSequence: sequence, isTransactional: true });
  return encodeMessage(produceRequest, 11, newMessage(produceRequest, { transactionalId: 't', acks: -1, topicData: [{ name: 'users', partitionData: [{ index: 0, records }] }] }));
}

function batchIn(body: Buffer): RecordBatch | undefined {
  const records = decodeMessage(produceRequest, 11, body).topicData[0]?.partitionData[0]?.records;
  return [...readRecordBatches(records ?? Buffer.alloc(0))][0];
}

test('what a client says of itself is read from ApiVersions 3 and 4, and nothing is guessed', () => {
  const frame = (version: number, clientSoftwareName = 'x') => encodeRequestFrame(18, version, 1, null, encodeMessage(apiVersionsRequest, version, newMessage(apiVersionsRequest, { clientSoftwareName, clientSoftwareVersion: '1' }))).subarray(4);
  for (const version of [3, 4]) expect(readClientSoftware(readRequestHeader(frame(version)), frame(version))).toEqual({ name: 'x', version: '1' });
  const long = frame(4, 'x'.repeat(500));
  expect(readClientSoftware(readRequestHeader(long), long)).toEqual(UNKNOWN_SOFTWARE);
  expect(readClientSoftware(readRequestHeader(frame(0)), frame(0))).toEqual(UNKNOWN_SOFTWARE);
  expect(readClientSoftware({ ...readRequestHeader(frame(4)), bodyStart: 12 }, frame(4).subarray(0, 13))).toEqual(UNKNOWN_SOFTWARE);
});

test.each([
  { name: 'partitions', api: API.addPartitionsToTxn, request: addPartitions(), refused: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: INVALID_PRODUCER_ID_MAPPING }] }] }, added: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: NONE }] }] } },
  { name: 'offsets', api: API.addOffsetsToTxn, request: { ...ID, ...OLD }, refused: { errorCode: INVALID_PRODUCER_ID_MAPPING }, added: { errorCode: NONE } },
])('$name that a broker does not add to a transaction open none: anybody may ask for it', async ({ api, request, refused, added }) => {
  await transactions.after(api, request, refused, JAVA_4);
  expect(await transactions.abortOpen(main.client, 1000)).toBe(0);
  await transactions.after(api, request, added, JAVA_4);
  expect(await transactions.abortOpen(main.client, 1000)).toBe(1);
});
