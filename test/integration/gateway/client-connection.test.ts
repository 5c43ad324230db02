import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TopicIds } from '../../../src/gateway/tenants/topic-ids.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { apiVersionsApi } from '../../../src/wire/generated/api-versions.ts';
import { consumerGroupHeartbeatApi } from '../../../src/wire/generated/consumer-group-heartbeat.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { heartbeatApi } from '../../../src/wire/generated/heartbeat.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { offsetForLeaderEpochApi } from '../../../src/wire/generated/offset-for-leader-epoch.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { saslAuthenticateApi } from '../../../src/wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../../../src/wire/generated/sasl-handshake.ts';
import { realId, startScriptedGateway, type ScriptedGateway } from '../../support/scripted-gateway.ts';

const PRODUCE = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] }] };
const PRODUCED = { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n }] }] };
const FETCH = { maxWaitMs: 5000, minBytes: 1, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 3n, currentLeaderEpoch: 9, partitionMaxBytes: 1000 }] }] };
const USERS_ID = new TopicIds('teamA').idOf('users');
const FOREIGN_ID = new TopicIds('teamB').idOf('users');
let gateway: ScriptedGateway;

beforeEach(async () => {
  gateway = await startScriptedGateway();
});
afterEach(async () => await gateway.close());

describe('a client that speaks topic ids', () => {
  const BY_ID = (...topicIds: readonly string[]) => ({ ...PRODUCE, topicData: topicIds.map((topicId) => ({ topicId, partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] })) });

  test('writes by id: the broker is asked by name in its version, the answer echoes the id', async () => {
    const client = await gateway.authenticated();
    client.send(produceApi, 13, 10, BY_ID(USERS_ID));
    const request = await gateway.main.next();
    expect(request.head.apiVersion).toBe(11);
    expect(request.body['topicData']).toMatchObject([{ name: 'teamAusers', partitionData: [{ records: Buffer.alloc(40, 1) }] }]);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: USERS_ID, partitionResponses: [{ baseOffset: 7n, errorCode: 0 }] }]);
  });

  test('and by another tenant\'s id: alone it reaches no broker, beside others it is taken out', async () => {
    const client = await gateway.authenticated();
    client.send(produceApi, 13, 10, BY_ID(FOREIGN_ID));
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: FOREIGN_ID, partitionResponses: [{ index: 0, errorCode: ERROR.UNKNOWN_TOPIC_ID }] }]);
    expect(gateway.inFlight.count).toBe(0);
    client.send(produceApi, 13, 11, BY_ID(FOREIGN_ID, USERS_ID));
    const request = await gateway.main.next();
    expect(request.head.correlationId).toBe(11);
    expect((request.body['topicData'] as { name: string; partitionData: unknown[] }[]).filter(({ partitionData }) => partitionData.length > 0).map(({ name }) => name)).toEqual(['teamAusers']);
    request.answer(PRODUCED);
    const { body } = await client.receive(produceApi, 13);
    expect(body.responses.map(({ topicId, partitionResponses }) => [topicId, partitionResponses[0]?.errorCode])).toEqual([[USERS_ID, 0], [FOREIGN_ID, ERROR.UNKNOWN_TOPIC_ID]]);
    expect(gateway.inFlight.count).toBe(0);
  });

  test('a write that does not fit after a switch is refused in its words', async () => {
    const client = await gateway.authenticated();
    gateway.isSettling = true;
    client.send(produceApi, 13, 10, { ...PRODUCE, topicData: [{ topicId: USERS_ID, partitionData: [{ index: 0, records: null }, { index: 4, records: null }] }] });
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: USERS_ID, partitionResponses: [{ errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }, { errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    client.send(produceApi, 13, 11, BY_ID(USERS_ID));
    (await gateway.main.next()).answer(PRODUCED);
    expect((await client.receive(produceApi, 13)).correlationId).toBe(11);
  });

  const BY_ID_FETCH = { ...FETCH, topics: [{ topicId: USERS_ID, partitions: FETCH.topics[0]?.partitions ?? [] }] };

  test('reads by id, and a fetch that waits at a flip is answered by id', async () => {
    const client = await gateway.authenticated();
    client.send(fetchApi, 17, 10, BY_ID_FETCH);
    const request = await gateway.main.next();
    expect(request.head.apiVersion).toBe(12);
    expect(request.body['topics']).toMatchObject([{ topic: 'teamAusers', partitions: [{ fetchOffset: 3n, currentLeaderEpoch: -1 }] }]);
    request.answer({ responses: [{ topic: 'teamAusers', partitions: [{ records: Buffer.alloc(9, 3) }] }] });
    expect((await client.receive(fetchApi, 17)).body.responses).toMatchObject([{ topicId: USERS_ID, partitions: [{ records: Buffer.alloc(9, 3) }] }]);
    client.send(fetchApi, 17, 11, BY_ID_FETCH);
    await gateway.main.next();
    await gateway.flip();
    expect((await client.receive(fetchApi, 17)).body.responses).toMatchObject([{ topicId: USERS_ID, partitions: [{ errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
  });

  test('a member\'s heartbeat that waits at a flip is told to join again; what it owns is then told by the other cluster\'s ids', async () => {
    const client = await gateway.authenticated();
    const heartbeat = { groupId: 'g', memberId: 'm', memberEpoch: 4, topicPartitions: [{ topicId: USERS_ID, partitions: [0] }] };
    client.send(consumerGroupHeartbeatApi, 1, 10, heartbeat);
    expect((await gateway.main.next()).body['topicPartitions']).toMatchObject([{ topicId: realId('main teamAusers') }]);
    await gateway.flip();
    expect((await client.receive(consumerGroupHeartbeatApi, 1)).body.errorCode).toBe(ERROR.FENCED_MEMBER_EPOCH);
    client.send(consumerGroupHeartbeatApi, 1, 11, heartbeat);
    const request = await gateway.failover.next();
    expect(request.body['topicPartitions']).toMatchObject([{ topicId: realId('failover teamAusers') }]);
    request.answer({ errorCode: ERROR.GROUP_ID_NOT_FOUND, memberEpoch: 0 });
    expect((await client.receive(consumerGroupHeartbeatApi, 1)).body.errorCode).toBe(ERROR.FENCED_MEMBER_EPOCH);
  });
});

test('a member that its broker does not know is not waited for by a drain', async () => {
  const client = await gateway.authenticated();
  for (const [memberId, errorCode] of [['known', ERROR.NONE], ['made up', ERROR.UNKNOWN_MEMBER_ID]] as const) {
    client.send(heartbeatApi, 4, 10, { groupId: 'g', generationId: 1, memberId });
    (await gateway.main.next()).answer({ errorCode });
    await client.receive(heartbeatApi, 4);
  }
  for (const errorCode of [ERROR.NONE, ERROR.UNKNOWN_MEMBER_ID, ERROR.GROUP_ID_NOT_FOUND]) {
    client.send(consumerGroupHeartbeatApi, 1, 11, { groupId: 'g848', memberId: `answered with ${errorCode}`, memberEpoch: 4 });
    (await gateway.main.next()).answer({ errorCode });
    await client.receive(consumerGroupHeartbeatApi, 1);
  }
  expect(await gateway.groups.drain(0)).toEqual({ members: 2, drained: 0 });
});

describe('a broker that goes away', () => {
  test('with answers owed takes the client with it, as a broker would', async () => {
    const client = await gateway.authenticated();
    client.send(metadataApi, 1, 10, { topics: [] });
    (await gateway.main.next()).socket.destroy();
    await client.ended;
  });

  test('while nothing is owed is not the client\'s business', async () => {
    const client = await gateway.authenticated();
    client.send(metadataApi, 1, 10, { topics: [] });
    const first = await gateway.main.next();
    first.answer({});
    await client.receive(metadataApi, 1);
    first.socket.destroy();
    await expect.poll(() => gateway.main.connections.size).toBe(0);
    client.send(metadataApi, 1, 11, { topics: [] });
    (await gateway.main.next()).answer({});
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
  });
});

test('answers leave in request order, local ones included (00.3)', async () => {
  const client = await gateway.authenticated();
  client.send(metadataApi, 1, 10, { topics: [] });
  client.send(initProducerIdApi, 1, 11, { transactionalId: null, transactionTimeoutMs: 1 });
  const metadata = await gateway.main.next();
  metadata.answer({});
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(10);
  const { body } = await client.receive(initProducerIdApi, 1);
  expect(body.producerId >= 1n << 61n && body.producerId < 1n << 62n).toBe(true);
});

test('no leader epoch reaches the broker or the client (D1, both directions)', async () => {
  const client = await gateway.authenticated();
  client.send(fetchApi, 11, 10, FETCH);
  const fetch = await gateway.main.next();
  expect(fetch.body['topics']).toMatchObject([{ topic: 'teamAusers', partitions: [{ currentLeaderEpoch: -1 }] }]);
  fetch.answer({ responses: [] });
  await client.receive(fetchApi, 11);
  client.send(metadataApi, 8, 11, { topics: [{ name: 'users' }] });
  (await gateway.main.next()).answer({ clusterId: 'secret', brokers: [{ nodeId: 1, host: 'backend', port: 29092 }, { nodeId: 9, host: 'backend', port: 29099 }], topics: [{ name: 'teamAusers', partitions: [{ leaderId: 1, leaderEpoch: 12 }] }, { name: 'teamBusers' }] });
  const { body } = await client.receive(metadataApi, 8);
  expect(body.clusterId).toBe('private');
  expect(body.brokers).toMatchObject([{ nodeId: 1, host: 'gateway', port: 6969 }]);
  expect(body.topics).toMatchObject([{ name: 'users', partitions: [{ leaderEpoch: -1 }] }]);
  expect(body.topics).toHaveLength(1);
});

describe('what is not the protocol ends this connection, with a line in the log, and no other', () => {
  test.each([
    { name: 'TLS', bytes: Buffer.from('160301020001', 'hex'), says: /looks like TLS/ },
    { name: 'HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), says: /looks like HTTP/ },
    { name: 'a negative size', bytes: Buffer.from('ffffffff00', 'hex'), says: /frame of -1 bytes/ },
    { name: 'a frame above the limit', bytes: Buffer.from('00000401', 'hex'), says: /frame of 1025 bytes \(allowed: 0 to 1024\)/ },
    { name: 'an unknown api', bytes: Buffer.from('0000000a' + '7fff0001' + '00000001' + 'ffff', 'hex'), says: /api 32767 .* is not served/ },
    { name: 'a version that is not served', bytes: Buffer.from('0000000a' + '00000002' + '00000001' + 'ffff', 'hex'), says: /Produce version 2 is not served \(allowed: 3 to 13\)/ },
    { name: 'a request before authentication', bytes: Buffer.from('0000000e' + '00030001' + '00000001' + 'ffff' + '00000000', 'hex'), says: /Metadata before authentication/ },
    { name: 'a head that claims more than the frame', bytes: Buffer.from('0000000a' + '00030001' + '00000001' + '7fff', 'hex'), says: /request header/ },
  ])('$name', async ({ bytes, says }) => {
    const other = await gateway.authenticated();
    const client = await gateway.plainClient();
    client.socket.write(bytes);
    await client.ended;
    expect(gateway.lines.join('')).toMatch(says);
    other.send(metadataApi, 1, 10, { topics: [] });
    (await gateway.main.next()).answer({});
    expect((await other.receive(metadataApi, 1)).correlationId).toBe(10);
  });

  test('a frame whose end never comes', async () => {
    const client = await gateway.authenticated();
    client.socket.end(Buffer.from('000000ff0003', 'hex'));
    await client.ended;
    await expect.poll(() => gateway.lines.join('')).toMatch(/closed the connection/);
  });

  test.each([['SaslHandshake', 17], ['ApiVersions', 18], ['SaslAuthenticate', 36]])('a request about its connection that is larger after a login than before it: %s', async (_name, apiKey) => {
    const client = await gateway.authenticated();
    const request = Buffer.alloc(4 + 1025);
    request.writeInt32BE(1025);
    request.writeInt16BE(apiKey, 4);
    request.writeInt16BE(-1, 12);
    client.socket.write(request);
    await client.ended;
    expect(gateway.lines.join('')).toContain(`request ${apiKey} of 1025 bytes (allowed: 1024)`);
  });

  test('an api that is hidden (OffsetForLeaderEpoch, D1)', async () => {
    const client = await gateway.authenticated();
    client.send(offsetForLeaderEpochApi, 3, 10, { topics: [] });
    await client.ended;
    expect(gateway.lines.join('')).toMatch(/api 23 \(version 3\) is not served/);
  });

  test('a wrong token, with the reason', async () => {
    const client = await gateway.plainClient();
    client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
    await client.receive(saslHandshakeApi, 1);
    client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from('\0sa\0bad') });
    expect((await client.receive(saslAuthenticateApi, 2)).body).toMatchObject({ errorCode: ERROR.SASL_AUTHENTICATION_FAILED, errorMessage: 'the token was not issued by this gateway' });
    await client.ended;
    expect(gateway.lines.join('')).not.toContain('bad');
  });
});

test('a client that asks for a version of ApiVersions that nobody knows is told the range (KIP-511)', async () => {
  const client = await gateway.plainClient();
  client.socket.write(Buffer.from('0000000b' + '00120009' + '00000001' + 'ffff' + '00', 'hex'));
  const { body } = await client.receive(apiVersionsApi, 0);
  expect(body.errorCode).toBe(ERROR.UNSUPPORTED_VERSION);
  expect(body.apiKeys).toContainEqual({ apiKey: 18, minVersion: 0, maxVersion: 4 });
});
