import { beforeEach, describe, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { API } from '../../../src/gateway/api-table.ts';
import { readClientSoftware, UNKNOWN_SOFTWARE } from '../../../src/gateway/client-software.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { Transactions } from '../../../src/gateway/transactions.ts';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { apiVersionsRequest } from '../../../src/wire/generated/api-versions.ts';
import { encodeRequestFrame, readRequestHeader } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';

let transactions: Transactions;
let sent: { target: unknown; draft: unknown }[];
let endTxnError: number;

const client = {
  send: async (target: unknown, _api: unknown, draft: unknown) => {
    sent.push({ target, draft });
    return { errorCode: endTxnError };
  },
} as unknown as KafkaClient;

beforeEach(() => {
  transactions = new Transactions(createLog(() => {}));
  sent = [];
  endTxnError = 0;
});

const JAVA_4 = { name: 'apache-kafka-java', version: '4.3.1' };
const ID = { transactionalId: 'teamAt' };
const open = (): void => {
  transactions.after(API.initProducerId, { ...ID }, { errorCode: 0, producerId: 7n, producerEpoch: 1 }, JAVA_4);
  transactions.after(API.addPartitionsToTxn, { v3AndBelowTransactionalId: 'teamAt', v3AndBelowProducerId: 7n, v3AndBelowProducerEpoch: 1 }, { resultsByTopicV3AndBelow: [] }, JAVA_4);
};
const partitionOf = (errorCode: number) => ({ responses: [{ partitionResponses: [{ errorCode }] }] });

describe('before a switch', () => {
  test('what is open is aborted on the cluster that is left, as its producer', async () => {
    open();
    expect(await transactions.abortOpen(client, 1000)).toBe(1);
    expect(sent).toEqual([{ target: { kind: 'transaction', transactionalId: 'teamAt' }, draft: { transactionalId: 'teamAt', producerId: 7n, producerEpoch: 1, committed: false } }]);
    expect(transactions.openCount).toBe(0);
  });

  test.each([
    { name: 'has ended', act: () => transactions.after(API.endTxn, { ...ID, committed: true }, { errorCode: 0 }, JAVA_4) },
    { name: 'was begun anew by its producer', act: () => transactions.after(API.initProducerId, { ...ID }, { errorCode: 0, producerId: 7n, producerEpoch: 2 }, JAVA_4) },
  ])('what $name is not', async ({ act }) => {
    open();
    act();
    expect(await transactions.abortOpen(client, 1000)).toBe(0);
  });

  test('whoever watches hears of each that opens, once, and of its end', async () => {
    const heard: unknown[] = [];
    transactions = new Transactions(createLog(() => {}), (transactionalId, producer) => void heard.push([transactionalId, producer]));
    open();
    transactions.after(API.addOffsetsToTxn, { ...ID, producerId: 7n, producerEpoch: 1 }, { errorCode: 0 }, JAVA_4);
    transactions.after(API.endTxn, { ...ID, committed: true }, { errorCode: 0 }, JAVA_4);
    expect(heard).toEqual([['teamAt', { producerId: 7n, epoch: 1 }], ['teamAt', undefined]]);
    open();
    await transactions.abortOpen(client, 1000);
    expect(heard.slice(2)).toEqual([['teamAt', { producerId: 7n, epoch: 1 }], ['teamAt', undefined]]);
  });

  test('an abort that comes too late is no reason to stop', async () => {
    open();
    endTxnError = ERROR.INVALID_TXN_STATE;
    expect(await transactions.abortOpen(client, 1000)).toBe(1);
    expect(transactions.openCount).toBe(0);
  });

  test('errors are the broker\'s own: they are meant', () => {
    const answer = { errorCode: ERROR.INVALID_PRODUCER_ID_MAPPING };
    transactions.after(API.endTxn, { ...ID, committed: false }, answer, JAVA_4);
    expect(answer.errorCode).toBe(ERROR.INVALID_PRODUCER_ID_MAPPING);
    const init = { ...ID, producerId: 7n, producerEpoch: 1 };
    transactions.before(API.initProducerId, init);
    expect(init.producerId).toBe(7n);
  });
});

describe('after a switch a producer from before', () => {
  beforeEach(() => {
    open();
    transactions.moved();
  });

  test('gets a fresh id when it asks for a new epoch of its old one, and keeps that', () => {
    const init = { ...ID, producerId: 7n, producerEpoch: 1 };
    transactions.before(API.initProducerId, init);
    expect(init).toEqual({ ...ID, producerId: -1n, producerEpoch: -1 });
    transactions.after(API.initProducerId, init, { errorCode: 0, producerId: 9n, producerEpoch: 0 }, JAVA_4);
    const again = { ...ID, producerId: 9n, producerEpoch: 0 };
    transactions.before(API.initProducerId, again);
    expect(again.producerId).toBe(9n);
  });

  test.each([
    { name: 'adds partitions: the batch that follows shall fail', key: API.addPartitionsToTxn, answer: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: 49 }, { partitionErrorCode: 0 }] }] }, becomes: { resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionErrorCode: 0 }, { partitionErrorCode: 0 }] }] } },
    { name: 'adds offsets', key: API.addOffsetsToTxn, answer: { errorCode: 49 }, becomes: { errorCode: 0 } },
    { name: 'commits offsets', key: API.txnOffsetCommit, answer: { topics: [{ partitions: [{ errorCode: 48 }] }] }, becomes: { topics: [{ partitions: [{ errorCode: 0 }] }] } },
    { name: 'commits', key: API.endTxn, committed: true, answer: { errorCode: 49 }, becomes: { errorCode: 120 } },
    { name: 'aborts', key: API.endTxn, committed: false, answer: { errorCode: 49 }, becomes: { errorCode: 0 } },
    { name: 'writes', key: API.produce, answer: partitionOf(48), becomes: partitionOf(120) },
    { name: 'is fenced by another: that is meant', key: API.endTxn, committed: true, answer: { errorCode: 90 }, becomes: { errorCode: 90 } },
  ])('$name', ({ key, committed, answer, becomes }) => {
    transactions.after(key, key === API.produce ? undefined : { ...ID, v3AndBelowTransactionalId: 'teamAt', committed }, answer, JAVA_4);
    expect(answer).toMatchObject(becomes);
  });

  test.each([{ name: 'apache-kafka-java', version: '3.9.2' }, { name: 'librdkafka', version: '2.16.0' }, UNKNOWN_SOFTWARE])('of $name $version needs no other words: it starts anew by itself', (software) => {
    const answer = { errorCode: ERROR.INVALID_PRODUCER_ID_MAPPING };
    transactions.after(API.addOffsetsToTxn, { ...ID }, answer, software);
    expect(answer.errorCode).toBe(ERROR.INVALID_PRODUCER_ID_MAPPING);
  });
});

test('what a client says of itself is read from ApiVersions 3 and 4, and nothing is guessed', () => {
  const frame = (version: number) => encodeRequestFrame(18, version, 1, null, encodeMessage(apiVersionsRequest, version, newMessage(apiVersionsRequest, { clientSoftwareName: 'x', clientSoftwareVersion: '1' }))).subarray(4);
  for (const version of [3, 4]) expect(readClientSoftware(readRequestHeader(frame(version)), frame(version))).toEqual({ name: 'x', version: '1' });
  expect(readClientSoftware(readRequestHeader(frame(0)), frame(0))).toEqual(UNKNOWN_SOFTWARE);
  expect(readClientSoftware({ ...readRequestHeader(frame(4)), bodyStart: 12 }, frame(4).subarray(0, 13))).toEqual(UNKNOWN_SOFTWARE);
});
