import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { addPartitionsToTxnApi } from '../../../src/wire/generated/add-partitions-to-txn.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { offsetCommitApi } from '../../../src/wire/generated/offset-commit.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const PRODUCE = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] }] };
const PRODUCED = { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n }] }] };
const FETCH = { maxWaitMs: 5000, minBytes: 1, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 3n, currentLeaderEpoch: 9, partitionMaxBytes: 1000 }] }] };
let gateway: ScriptedGateway;

beforeEach(async () => {
  gateway = await startScriptedGateway();
});
afterEach(async () => await gateway.close());

test('a node that was stopped finds it at a write: it is held, but for one of a transaction that is open', async () => {
  const [transaction, other] = [await gateway.authenticated(), await gateway.authenticated()];
  const producer = { v3AndBelowTransactionalId: 't', v3AndBelowProducerId: 7n, v3AndBelowProducerEpoch: 0 };
  transaction.send(addPartitionsToTxnApi, 3, 10, { ...producer, v3AndBelowTopics: [{ name: 'users', partitions: [0] }] });
  (await gateway.main.next()).answer({ resultsByTopicV3AndBelow: [{ name: 'teamAusers', resultsByPartition: [{ partitionIndex: 0 }] }] });
  await transaction.receive(addPartitionsToTxnApi, 3);
  gateway.looksForStop = () => {
    if (gateway.gate.isOpen) gateway.transactions.held();
    gateway.gate.close();
  };
  transaction.send(produceApi, 9, 11, { ...PRODUCE, transactionalId: 't' });
  const written = await gateway.main.next();
  expect(written.head.correlationId).toBe(11);
  other.send(produceApi, 9, 12, PRODUCE);
  await expect.poll(() => gateway.gate.held).toBe(1);
  written.answer(PRODUCED);
  expect((await transaction.receive(produceApi, 9)).correlationId).toBe(11);
});

describe('a flip, as one client sees it', () => {
  test('its socket stays open, and a waiting fetch is answered at once: refresh your metadata', async () => {
    const client = await gateway.authenticated();
    client.send(fetchApi, 11, 10, FETCH);
    await gateway.main.next();
    await gateway.flip();
    const { correlationId, body } = await client.receive(fetchApi, 11);
    expect(correlationId).toBe(10);
    expect(body.responses).toMatchObject([{ topic: 'users', partitions: [{ partitionIndex: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    expect(client.socket.destroyed).toBe(false);
    await expect.poll(() => gateway.main.connections.size).toBe(0);
  });

  test('a waiting fetch of a session is told that the session is gone (H7)', async () => {
    const client = await gateway.authenticated();
    client.send(fetchApi, 12, 10, { ...FETCH, sessionId: 5, sessionEpoch: 2 });
    await gateway.main.next();
    await gateway.flip();
    expect((await client.receive(fetchApi, 12)).body.errorCode).toBe(ERROR.FETCH_SESSION_ID_NOT_FOUND);
  });

  test('a waiting commit is not asked again: its offsets are those of the cluster that was left', async () => {
    const client = await gateway.authenticated();
    client.send(offsetCommitApi, 7, 10, { groupId: 'g', generationIdOrMemberEpoch: 1, memberId: 'm', topics: [{ name: 'users', partitions: [{ partitionIndex: 0, committedOffset: 9n }] }] });
    await gateway.main.next();
    await gateway.flip();
    const { body } = await client.receive(offsetCommitApi, 7);
    expect(body.topics).toMatchObject([{ name: 'users', partitions: [{ partitionIndex: 0, errorCode: ERROR.NOT_COORDINATOR }] }]);
    expect(gateway.failover.connections.size).toBe(0);
  });

  test('other requests that wait are asked again of the new cluster, before any later one, and answered in order', async () => {
    const client = await gateway.authenticated();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    await gateway.main.next();
    client.send(fetchApi, 11, 11, FETCH);
    await gateway.main.next();
    await gateway.flip();
    client.send(metadataApi, 1, 12, { topics: [{ name: 'later' }] });
    const again = await gateway.failover.next();
    expect(again.body['topics']).toMatchObject([{ name: 'teamAusers' }]);
    again.answer({ topics: [{ name: 'teamAusers' }] });
    (await gateway.failover.next()).answer({ topics: [{ name: 'teamAlater' }] });
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'users' }]);
    expect((await client.receive(fetchApi, 11)).correlationId).toBe(11);
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'later' }]);
  });

  test('an answer of the old cluster never arrives after it', async () => {
    const client = await gateway.authenticated();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    const old = await gateway.main.next();
    await gateway.flip();
    old.answer({ topics: [{ name: 'teamAold' }] });
    (await gateway.failover.next()).answer({ topics: [{ name: 'teamAnew' }] });
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'new' }]);
  });
});

describe('a fetch that waits at its broker when groups are drained', () => {
  const FETCHED = { sessionId: 5, responses: [{ topic: 'teamAusers', partitions: [{ partitionIndex: 0, highWatermark: 4n, records: Buffer.alloc(3000, 1) }] }] };

  test.each([
    { name: 'brings nothing, or its client would consume what it may no longer commit; what comes behind it arrives', isDraining: true, partitions: 0 },
    { name: 'control: brings its records without the drain', isDraining: false, partitions: 1 },
  ])('$name', async ({ isDraining, partitions }) => {
    const client = await gateway.authenticated();
    client.send(fetchApi, 12, 10, { ...FETCH, sessionId: 5, sessionEpoch: 2 });
    const fetch = await gateway.main.next();
    if (isDraining) await gateway.groups.drain(0);
    client.send(metadataApi, 1, 11, { topics: [{ name: 'users' }] });
    const metadata = await gateway.main.next();
    fetch.answer(FETCHED);
    metadata.answer({ topics: [{ name: 'teamAusers' }] });
    const { correlationId, body } = await client.receive(fetchApi, 12);
    expect({ correlationId, errorCode: body.errorCode, sessionId: body.sessionId, partitions: body.responses.length }).toEqual({ correlationId: 10, errorCode: 0, sessionId: 5, partitions });
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'users' }]);
  });

  test('of a client without sessions, too', async () => {
    const client = await gateway.authenticated();
    client.send(fetchApi, 4, 10, FETCH);
    const fetch = await gateway.main.next();
    await gateway.groups.drain(0);
    fetch.answer(FETCHED);
    expect((await client.receive(fetchApi, 4)).body).toMatchObject({ throttleTimeMs: 0, responses: [] });
  });
});

describe('writes while a switch is under way', () => {
  test('are held, and go to the new cluster when it is over', async () => {
    const client = await gateway.authenticated();
    gateway.gate.close();
    client.send(produceApi, 7, 10, PRODUCE);
    await expect.poll(() => gateway.gate.held).toBe(1);
    await gateway.flip();
    gateway.gate.open();
    const request = await gateway.failover.next();
    expect(request.body['topicData']).toMatchObject([{ name: 'teamAusers' }]);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 7)).body.responses).toMatchObject([{ name: 'users', partitionResponses: [{ baseOffset: 7n }] }]);
  });

  test('that are held for too long are answered with an error that makes every client try again', async () => {
    const client = await gateway.authenticated();
    gateway.gate.close();
    client.send(produceApi, 9, 10, PRODUCE);
    const { body } = await client.receive(produceApi, 9);
    expect(body.responses).toMatchObject([{ name: 'users', partitionResponses: [{ index: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    gateway.gate.open();
    client.send(produceApi, 9, 11, PRODUCE);
    (await gateway.main.next()).answer(PRODUCED);
    expect((await client.receive(produceApi, 9)).correlationId).toBe(11);
  });

  test('do not hold up what the client asked before them', async () => {
    const client = await gateway.authenticated();
    gateway.gate.close();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    client.send(produceApi, 7, 11, PRODUCE);
    (await gateway.main.next()).answer({ topics: [{ name: 'teamAusers' }] });
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(10);
  });
});

describe('after a switch, while clients still write by the leaders of the old cluster', () => {
  const TWO = { ...PRODUCE, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }, { index: 4, records: Buffer.alloc(40, 1) }] }] };

  test('a request that only partly fits is refused as a whole: kafkajs repeats all of it, and half of it would be there twice', async () => {
    const client = await gateway.authenticated();
    gateway.isSettling = true;
    client.send(produceApi, 7, 10, TWO);
    const { body } = await client.receive(produceApi, 7);
    expect(body.responses[0]?.partitionResponses.map(({ index, errorCode }) => ({ index, errorCode }))).toEqual([
      { index: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER },
      { index: 4, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER },
    ]);
    expect(gateway.inFlight.count).toBe(0);
    client.send(produceApi, 7, 11, PRODUCE);
    const request = await gateway.main.next();
    expect(request.head.correlationId).toBe(11);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 7)).correlationId).toBe(11);
  });

  test('without this guard it is written in part', async () => {
    const client = await gateway.authenticated();
    client.send(produceApi, 7, 10, TWO);
    expect((await gateway.main.next()).body['topicData']).toMatchObject([{ partitionData: [{ index: 0 }, { index: 4 }] }]);
  });
});

describe('a drain', () => {
  test('waits for a write that was handed over, also when its client has gone', async () => {
    const client = await gateway.authenticated();
    client.send(produceApi, 7, 10, PRODUCE);
    const request = await gateway.main.next();
    client.close();
    expect(await gateway.inFlight.drained(50)).toBe(false);
    request.answer(PRODUCED);
    expect(await gateway.inFlight.drained(2000)).toBe(true);
  });

  test('waits for writes with acks=0: the broker must have handled a request behind them', async () => {
    const client = await gateway.authenticated();
    client.send(produceApi, 7, 10, { ...PRODUCE, acks: 0 });
    await gateway.main.next();
    await expect.poll(() => gateway.inFlight.count).toBe(0);
    for (const connection of gateway.connections) connection.settleUnacknowledged();
    expect(gateway.inFlight.count).toBe(1);
    const barrier = await gateway.main.next();
    expect(barrier.head.apiKey).toBe(18);
    barrier.answer({});
    expect(await gateway.inFlight.drained(2000)).toBe(true);
    client.send(metadataApi, 1, 11, { topics: [] });
    (await gateway.main.next()).answer({});
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
  });

  test('gives up a write that a stalled client has sent half of: the broker never had it', async () => {
    const client = await gateway.authenticated();
    // A frame of 1,000 bytes whose end never comes; head and first fields are there.
    client.send(produceApi, 7, 10, PRODUCE);
    (await gateway.main.next()).answer(PRODUCED);
    await client.receive(produceApi, 7);
    const half = Buffer.alloc(600);
    half.writeInt32BE(1000, 0);
    half.writeInt16BE(0, 4);
    half.writeInt16BE(7, 6);
    half.writeInt32BE(11, 8);
    half.writeInt16BE(-1, 12); // client id
    half.writeInt16BE(-1, 14); // transactional id
    half.writeInt16BE(-1, 16); // acks
    half.writeInt32BE(1000, 18);
    half.writeInt32BE(1, 22); // topics
    half.writeInt16BE(5, 26);
    half.write('users', 28);
    half.writeInt32BE(1, 33); // partitions
    half.writeInt32BE(0, 37);
    half.writeInt32BE(959, 41); // records
    client.socket.write(half);
    await expect.poll(() => gateway.inFlight.count).toBe(1);
    expect(await gateway.inFlight.drained(50)).toBe(false);
    for (const connection of gateway.connections) connection.abortHalfWrite();
    expect(await gateway.inFlight.drained(2000)).toBe(true);
    await client.ended;
  });
});
