import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeMessage } from '../../../src/wire/codec.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { addPartitionsToTxnApi } from '../../../src/wire/generated/add-partitions-to-txn.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { offsetCommitApi } from '../../../src/wire/generated/offset-commit.ts';
import { offsetFetchApi } from '../../../src/wire/generated/offset-fetch.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { encodeRequestFrame, encodeResponseFrame } from '../../../src/wire/headers.ts';
import { newMessage } from '../../../src/wire/new-message.ts';
import type { FrameClient } from '../../support/frame-peer.ts';
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const MEMBER = { groupId: 'g', generationId: 1, memberId: 'm' };
const COMMIT = { groupId: 'g', generationIdOrMemberEpoch: 1, memberId: 'm', topics: [{ name: 'users', partitions: [{ partitionIndex: 0, committedOffset: 9n }] }] };
const committed = (errorCode: number) => ({ topics: [{ name: 'teamAusers', partitions: [{ partitionIndex: 0, errorCode }] }] });
const REFUSED = { errorCode: ERROR.NOT_COORDINATOR };

let gateway: ScriptedGateway;
let client: FrameClient;

beforeEach(async () => {
  gateway = await startScriptedGateway();
  gateway.coordinator = 2;
  client = await gateway.authenticated();
});
afterEach(async () => await gateway.close());

test('a broker that is not the coordinator is not shown to the client: the coordinator is asked, and answers leave in request order', async () => {
  client.send(heartbeatApi, 4, 10, MEMBER);
  client.send(metadataApi, 1, 11, { topics: [{ name: 'users' }] });
  (await gateway.main.next()).answer(REFUSED);
  (await gateway.main.next()).answer({ topics: [{ name: 'teamAusers' }] });
  const there = await gateway.other.next();
  expect(there.body).toMatchObject({ groupId: 'teamAg', memberId: 'm' });
  there.answer({ errorCode: ERROR.REBALANCE_IN_PROGRESS });
  const answered = await client.receive(heartbeatApi, 4);
  expect({ id: answered.correlationId, error: answered.body.errorCode }).toEqual({ id: 10, error: ERROR.REBALANCE_IN_PROGRESS });
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
});

test('the next request of the group goes there at once, and one that was sent behind the first does not overtake it', async () => {
  client.send(heartbeatApi, 4, 10, MEMBER);
  client.send(offsetCommitApi, 7, 11, COMMIT);
  (await gateway.main.next()).answer(REFUSED);
  (await gateway.main.next()).answer(committed(ERROR.NOT_COORDINATOR));
  const first = await gateway.other.next();
  expect(first.head.correlationId).toBe(10);
  first.answer({});
  (await gateway.other.next()).answer(committed(0));
  expect((await client.receive(heartbeatApi, 4)).correlationId).toBe(10);
  expect((await client.receive(offsetCommitApi, 7)).body.topics[0]?.partitions[0]?.errorCode).toBe(ERROR.NONE);
  client.send(heartbeatApi, 4, 12, MEMBER);
  (await gateway.other.next()).answer({});
  expect((await client.receive(heartbeatApi, 4)).body.errorCode).toBe(ERROR.NONE);
});

test('a transaction finds its coordinator, too, and a write is counted until that one has answered', async () => {
  client.send(addPartitionsToTxnApi, 3, 10, { v3AndBelowTransactionalId: 't', v3AndBelowProducerId: 1n, v3AndBelowTopics: [{ name: 'users', partitions: [0] }] });
  const answer = (partitionErrorCode: number) => ({ resultsByTopicV3AndBelow: [{ name: 'teamAusers', resultsByPartition: [{ partitionIndex: 0, partitionErrorCode }] }] });
  (await gateway.main.next()).answer(answer(ERROR.NOT_COORDINATOR));
  const there = await gateway.other.next();
  expect(gateway.inFlight.count).toBe(1);
  there.answer(answer(0));
  expect((await client.receive(addPartitionsToTxnApi, 3)).body.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode).toBe(ERROR.NONE);
  expect(gateway.inFlight.count).toBe(0);
});

test('where no other broker is known as the coordinator, the client is told: it may know more', async () => {
  gateway.coordinator = 1;
  client.send(heartbeatApi, 4, 10, MEMBER);
  (await gateway.main.next()).answer(REFUSED);
  expect((await client.receive(heartbeatApi, 4)).body.errorCode).toBe(ERROR.NOT_COORDINATOR);
});

test('brokers that send a request round in circles do not do so for ever', async () => {
  client.send(heartbeatApi, 4, 10, MEMBER);
  (await gateway.main.next()).answer(REFUSED);
  for (const [broker, coordinator] of [[gateway.other, 1], [gateway.main, 2]] as const) {
    const arrived = await broker.next();
    gateway.coordinator = coordinator;
    arrived.answer(REFUSED);
  }
  (await gateway.other.next()).answer(REFUSED);
  expect((await client.receive(heartbeatApi, 4)).body.errorCode).toBe(ERROR.NOT_COORDINATOR);
});

test('a request is not sent on into the middle of a write: its client is told instead, and the write arrives as it was', async () => {
  client.send(heartbeatApi, 4, 10, MEMBER);
  (await gateway.main.next()).answer(REFUSED);
  const there = await gateway.other.next();
  const records = encodeRecordBatch([{ key: null, value: Buffer.alloc(1000, 7), timestamp: 1n }]);
  const produce = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records }] }] };
  const frame = encodeRequestFrame(produceApi.key, 9, 11, 'test', encodeMessage(produceApi.request, 9, newMessage(produceApi.request, produce)));
  client.socket.write(frame.subarray(0, frame.length / 2));
  await expect.poll(() => gateway.inFlight.count).toBe(1);
  gateway.coordinator = 1;
  there.answer(REFUSED);
  expect((await client.receive(heartbeatApi, 4)).body.errorCode).toBe(ERROR.NOT_COORDINATOR);
  client.socket.write(frame.subarray(frame.length / 2));
  const written = await gateway.main.next();
  expect([written.head.correlationId, written.body['topicData']]).toMatchObject([11, [{ name: 'teamAusers', partitionData: [{ records }] }]]);
  written.answer({ responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n }] }] });
  expect((await client.receive(produceApi, 9)).correlationId).toBe(11);
  expect(gateway.inFlight.count).toBe(0);
});

test('a request that waits at another coordinator when the node flips is asked again of the new cluster', async () => {
  client.send(offsetFetchApi, 7, 10, { groupId: 'g', topics: null });
  (await gateway.main.next()).answer({ errorCode: ERROR.NOT_COORDINATOR });
  await gateway.other.next();
  await gateway.flip();
  (await gateway.failover.next()).answer({ topics: [] });
  expect((await client.receive(offsetFetchApi, 7)).correlationId).toBe(10);
  await expect.poll(() => gateway.other.connections.size).toBe(0);
});

const FETCH = { maxWaitMs: 5000, minBytes: 1, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 3n, partitionMaxBytes: 1000 }] }] };
const FETCHED = { responses: [{ topic: 'teamAusers', partitions: [{ records: Buffer.alloc(9, 3) }] }] };

/** A broker closes its connection while the answer that it gave, or a part of it, waits here for its turn. */
async function closeBehindFetchAnswer(missingBytes: number): Promise<void> {
  client.send(heartbeatApi, 4, 10, MEMBER);
  (await gateway.main.next()).answer(REFUSED);
  const first = await gateway.other.next();
  client.send(fetchApi, 11, 11, FETCH);
  const { head, socket } = await gateway.main.next();
  const frame = encodeResponseFrame(head.apiKey, head.apiVersion, head.correlationId, encodeMessage(fetchApi.response, head.apiVersion, newMessage(fetchApi.response, FETCHED)));
  socket.end(frame.subarray(0, frame.length - missingBytes));
  await expect.poll(() => gateway.main.connections.size).toBe(0);
  first.answer({});
}

test('a broker that closes right behind its answer to a fetch: all of it reaches the client', async () => {
  await closeBehindFetchAnswer(0);
  expect((await client.receive(heartbeatApi, 4)).correlationId).toBe(10);
  expect((await client.receive(fetchApi, 11)).body.responses).toMatchObject([{ topic: 'users', partitions: [{ records: Buffer.alloc(9, 3) }] }]);
  client.send(metadataApi, 1, 12, { topics: [] });
  (await gateway.main.next()).answer({});
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(12);
});

test('control: one that closes a byte before takes the client with it', async () => {
  await closeBehindFetchAnswer(1);
  await client.receive(heartbeatApi, 4);
  await expect(client.receive(fetchApi, 11)).rejects.toThrow('the connection ended');
});

test('a coordinator that goes away with an answer owed takes the client with it', async () => {
  client.send(heartbeatApi, 4, 10, MEMBER);
  (await gateway.main.next()).answer(REFUSED);
  (await gateway.other.next()).socket.destroy();
  await client.ended;
});
