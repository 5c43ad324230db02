import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import type { FrameClient } from '../../support/frame-peer.ts';
import { startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const MEMBER = { groupId: 'g', generationId: 1, memberId: 'm' };
const PRODUCE = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.from('record bytes') }] }] };
const FETCH = { maxWaitMs: 500, minBytes: 1, maxBytes: 1000, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 7n, partitionMaxBytes: 1000 }] }] };
/** Longer than a stand-in serves at least. */
const LATER_MS = 5000;

let gateway: ScriptedGateway;
let client: FrameClient;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  gateway = await startScriptedGateway();
  gateway.isBrokerAway = true;
  client = await gateway.authenticated();
  client.send(metadataApi, 1, 10, { topics: [] });
  (await gateway.other.next()).answer({});
  await client.receive(metadataApi, 1);
});
afterEach(async () => {
  vi.useRealTimers();
  await gateway.close();
});

test('what stands in for a broker that is away is not written to: its client writes to it by its own port, too', async () => {
  client.send(produceApi, 9, 11, PRODUCE);
  const { correlationId, body } = await client.receive(produceApi, 9);
  expect({ correlationId, errorCode: body.responses[0]?.partitionResponses[0]?.errorCode }).toEqual({ correlationId: 11, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER });
  expect(gateway.inFlight.count).toBe(0);
  client.send(metadataApi, 1, 12, { topics: [] });
  expect((await gateway.other.next()).head.correlationId).toBe(12);
});

test('nor is it read from: it may be a follower that is behind what its client has read', async () => {
  client.send(fetchApi, 11, 11, FETCH);
  const { body } = await client.receive(fetchApi, 11);
  expect(body.responses).toMatchObject([{ topic: 'users', partitions: [{ partitionIndex: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
  client.send(fetchApi, 11, 12, { ...FETCH, sessionId: 5, sessionEpoch: 3 });
  expect((await client.receive(fetchApi, 11)).body.errorCode).toBe(ERROR.FETCH_SESSION_ID_NOT_FOUND);
});

test('control: the broker itself is', async () => {
  gateway.isBrokerAway = false;
  vi.advanceTimersByTime(LATER_MS);
  client.send(produceApi, 9, 11, PRODUCE);
  client.send(fetchApi, 11, 12, FETCH);
  expect((await gateway.main.next()).head.correlationId).toBe(11);
  expect((await gateway.main.next()).head.correlationId).toBe(12);
});

test('when the broker is back, its client reaches it by the connection that it has', async () => {
  gateway.isBrokerAway = false;
  vi.advanceTimersByTime(LATER_MS);
  client.send(metadataApi, 1, 11, { topics: [] });
  (await gateway.main.next()).answer({});
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
  await expect.poll(() => gateway.other.connections.size).toBe(0);
});

test('but not while the stand-in owes an answer, and not after each request', async () => {
  gateway.isBrokerAway = false;
  client.send(heartbeatApi, 4, 11, MEMBER);
  const owed = await gateway.other.next();
  vi.advanceTimersByTime(LATER_MS);
  client.send(metadataApi, 1, 12, { topics: [] });
  const next = await gateway.other.next();
  owed.answer({});
  next.answer({});
  expect((await client.receive(heartbeatApi, 4)).correlationId).toBe(11);
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(12);
  client.send(metadataApi, 1, 13, { topics: [] });
  expect((await gateway.main.next()).head.correlationId).toBe(13);
});
