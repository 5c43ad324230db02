import { createHash } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { API_TABLE } from '../../../src/gateway/api-table.ts';
import { ClientConnection } from '../../../src/gateway/client-connection.ts';
import { GroupGate } from '../../../src/gateway/group-gate.ts';
import { InFlightWrites } from '../../../src/gateway/in-flight-writes.ts';
import { NodeLimits } from '../../../src/gateway/limits/tenant-usage.ts';
import { createLog } from '../../../src/gateway/log.ts';
import type { NodeContext } from '../../../src/gateway/node-context.ts';
import { TenantNames } from '../../../src/gateway/tenant-names.ts';
import { TopicIds } from '../../../src/gateway/topic-ids.ts';
import { Transactions } from '../../../src/gateway/transactions.ts';
import { TokenRefused } from '../../../src/gateway/tokens.ts';
import { WriteGate } from '../../../src/gateway/write-gate.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { apiVersionsApi } from '../../../src/wire/generated/api-versions.ts';
import { consumerGroupHeartbeatApi } from '../../../src/wire/generated/consumer-group-heartbeat.ts';
import { fetchApi } from '../../../src/wire/generated/fetch.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import { metadataApi } from '../../../src/wire/generated/metadata.ts';
import { offsetForLeaderEpochApi } from '../../../src/wire/generated/offset-for-leader-epoch.ts';
import { offsetCommitApi } from '../../../src/wire/generated/offset-commit.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { saslAuthenticateApi } from '../../../src/wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../../../src/wire/generated/sasl-handshake.ts';
import { connectFrameClient, startScriptedBroker, type FrameClient, type ScriptedBroker } from '../../support/frame-peer.ts';

const HOLD_MS = 400;
const PRODUCE = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] }] };
const PRODUCED = { responses: [{ name: 'teamAusers', partitionResponses: [{ index: 0, baseOffset: 7n }] }] };
const FETCH = { maxWaitMs: 5000, minBytes: 1, topics: [{ topic: 'users', partitions: [{ partition: 0, fetchOffset: 3n, currentLeaderEpoch: 9, partitionMaxBytes: 1000 }] }] };

/** The id that a cluster gives; another one on each. */
const realId = (text: string): string => createHash('md5').update(text).digest('base64url');
const USERS_ID = new TopicIds('teamA').idOf('users');
const FOREIGN_ID = new TopicIds('teamB').idOf('users');

let main: ScriptedBroker;
let failover: ScriptedBroker;
let server: Server;
let gate: WriteGate;
let inFlight: InFlightWrites;
let groups: GroupGate;
let connections: Set<ClientConnection>;
let clients: FrameClient[];
let lines: string[];
let active: 'main' | 'failover';
let generation: number;
let isSettling: boolean;

beforeEach(async () => {
  [main, failover] = await Promise.all([startScriptedBroker(), startScriptedBroker()]);
  gate = new WriteGate(HOLD_MS);
  inFlight = new InFlightWrites();
  groups = new GroupGate(HOLD_MS);
  connections = new Set();
  clients = [];
  lines = [];
  active = 'main';
  generation = 1;
  isSettling = false;
  const names = new TenantNames('teamA');
  const usages = new NodeLimits({ limits: { maxConnections: 1000, maxBytesInFlight: 1 << 20 }, tenantLimits: {}, exempt: new Set() });
  const context: NodeContext = {
    limits: { maxFrameBytes: 4096, maxDecodedBytes: 2048, maxUnauthenticatedBytes: 1024, maxInFlight: 5, loginMs: 30_000, frameMs: 30_000, minFrameBytesPerSecond: 1024, lingerMs: 2000 },
    clusterId: 'private',
    apis: API_TABLE,
    topics: { refresh: async () => {}, topics: () => ['teamAusers', 'teamBusers'], idOf: (topic) => realId(`${active} ${topic}`), nameOf: () => 'teamAusers' },
    gate,
    inFlight,
    groups,
    metrics: { answered: () => {}, refused: () => {} },
    transactions: new Transactions(createLog((line) => void lines.push(line))),
    log: createLog((line) => void lines.push(line)),
    audit: { record: () => {} },
    get generation() {
      return generation;
    },
    authenticate: async (username, token) => {
      if (token !== 'good') throw new TokenRefused('the token was not issued by this gateway');
      return { username, virtualCluster: 'teamA' };
    },
    loginFailed: async () => true,
    accessOf: () => undefined,
    namesOf: () => names,
    usageOf: (virtualCluster) => usages.usageOf(virtualCluster),
    endpointOf: (nodeId) => (nodeId === 1 ? { host: 'gateway', port: 6969 } : undefined),
    get isSettling() {
      return isSettling;
    },
    mayProduce: (nodeId, topics) => topics.every(({ name, partitions }) => name === 'teamAusers' && partitions.every((partition) => partition === nodeId - 1)),
    connectBackend: async () => {
      const seen = generation;
      const socket = connect({ host: '127.0.0.1', port: (active === 'main' ? main : failover).port });
      await once(socket, 'connect');
      return { socket, generation: seen };
    },
    topicsCreated: async () => {},
    topicsDeleted: async () => {},
  };
  server = createServer((socket) => {
    const connection = new ClientConnection(socket, 1, context, context.log);
    connections.add(connection);
    void connection.serve().finally(() => connections.delete(connection));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of clients) client.close();
  for (const connection of connections) connection.destroy();
  server.close();
  await Promise.all([once(server, 'close'), main.close(), failover.close()]);
});

async function plainClient(): Promise<FrameClient> {
  const client = await connectFrameClient((server.address() as AddressInfo).port);
  clients.push(client);
  return client;
}

async function authenticated(): Promise<FrameClient> {
  const client = await plainClient();
  client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
  await client.receive(saslHandshakeApi, 1);
  client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from('\0sa\0good') });
  expect((await client.receive(saslAuthenticateApi, 2)).body.errorCode).toBe(ERROR.NONE);
  return client;
}

/** What a node does at a flip, for all connections. */
async function flip(): Promise<void> {
  active = 'failover';
  generation = 2;
  await Promise.all([...connections].map((connection) => connection.moveBackend(200)));
}

describe('a flip, as one client sees it', () => {
  test('its socket stays open, and a waiting fetch is answered at once: refresh your metadata', async () => {
    const client = await authenticated();
    client.send(fetchApi, 11, 10, FETCH);
    await main.next();
    await flip();
    const { correlationId, body } = await client.receive(fetchApi, 11);
    expect(correlationId).toBe(10);
    expect(body.responses).toMatchObject([{ topic: 'users', partitions: [{ partitionIndex: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    expect(client.socket.destroyed).toBe(false);
    await expect.poll(() => main.connections.size).toBe(0);
  });

  test('a waiting fetch of a session is told that the session is gone (H7)', async () => {
    const client = await authenticated();
    client.send(fetchApi, 12, 10, { ...FETCH, sessionId: 5, sessionEpoch: 2 });
    await main.next();
    await flip();
    expect((await client.receive(fetchApi, 12)).body.errorCode).toBe(ERROR.FETCH_SESSION_ID_NOT_FOUND);
  });

  test('a waiting commit is not asked again: its offsets are those of the cluster that was left', async () => {
    const client = await authenticated();
    client.send(offsetCommitApi, 7, 10, { groupId: 'g', generationIdOrMemberEpoch: 1, memberId: 'm', topics: [{ name: 'users', partitions: [{ partitionIndex: 0, committedOffset: 9n }] }] });
    await main.next();
    await flip();
    const { body } = await client.receive(offsetCommitApi, 7);
    expect(body.topics).toMatchObject([{ name: 'users', partitions: [{ partitionIndex: 0, errorCode: ERROR.NOT_COORDINATOR }] }]);
    expect(failover.connections.size).toBe(0);
  });

  test('other requests that wait are asked again of the new cluster, before any later one, and answered in order', async () => {
    const client = await authenticated();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    await main.next();
    client.send(fetchApi, 11, 11, FETCH);
    await main.next();
    await flip();
    client.send(metadataApi, 1, 12, { topics: [{ name: 'later' }] });
    const again = await failover.next();
    expect(again.body['topics']).toMatchObject([{ name: 'teamAusers' }]);
    again.answer({ topics: [{ name: 'teamAusers' }] });
    (await failover.next()).answer({ topics: [{ name: 'teamAlater' }] });
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'users' }]);
    expect((await client.receive(fetchApi, 11)).correlationId).toBe(11);
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'later' }]);
  });

  test('an answer of the old cluster never arrives after it', async () => {
    const client = await authenticated();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    const old = await main.next();
    await flip();
    old.answer({ topics: [{ name: 'teamAold' }] });
    (await failover.next()).answer({ topics: [{ name: 'teamAnew' }] });
    expect((await client.receive(metadataApi, 1)).body.topics).toMatchObject([{ name: 'new' }]);
  });
});

describe('writes while a switch is under way', () => {
  test('are held, and go to the new cluster when it is over', async () => {
    const client = await authenticated();
    gate.close();
    client.send(produceApi, 7, 10, PRODUCE);
    await expect.poll(() => gate.held).toBe(1);
    await flip();
    gate.open();
    const request = await failover.next();
    expect(request.body['topicData']).toMatchObject([{ name: 'teamAusers' }]);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 7)).body.responses).toMatchObject([{ name: 'users', partitionResponses: [{ baseOffset: 7n }] }]);
  });

  test('that are held for too long are answered with an error that makes every client try again', async () => {
    const client = await authenticated();
    gate.close();
    client.send(produceApi, 9, 10, PRODUCE);
    const { body } = await client.receive(produceApi, 9);
    expect(body.responses).toMatchObject([{ name: 'users', partitionResponses: [{ index: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    gate.open();
    client.send(produceApi, 9, 11, PRODUCE);
    (await main.next()).answer(PRODUCED);
    expect((await client.receive(produceApi, 9)).correlationId).toBe(11);
  });

  test('do not hold up what the client asked before them', async () => {
    const client = await authenticated();
    gate.close();
    client.send(metadataApi, 1, 10, { topics: [{ name: 'users' }] });
    client.send(produceApi, 7, 11, PRODUCE);
    (await main.next()).answer({ topics: [{ name: 'teamAusers' }] });
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(10);
  });
});

describe('after a switch, while clients still write by the leaders of the old cluster', () => {
  const TWO = { ...PRODUCE, topicData: [{ name: 'users', partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }, { index: 4, records: Buffer.alloc(40, 1) }] }] };

  test('a request that only partly fits is refused as a whole: kafkajs repeats all of it, and half of it would be there twice', async () => {
    const client = await authenticated();
    isSettling = true;
    client.send(produceApi, 7, 10, TWO);
    const { body } = await client.receive(produceApi, 7);
    expect(body.responses[0]?.partitionResponses.map(({ index, errorCode }) => ({ index, errorCode }))).toEqual([
      { index: 0, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER },
      { index: 4, errorCode: ERROR.NOT_LEADER_OR_FOLLOWER },
    ]);
    expect(inFlight.count).toBe(0);
    client.send(produceApi, 7, 11, PRODUCE);
    const request = await main.next();
    expect(request.head.correlationId).toBe(11);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 7)).correlationId).toBe(11);
  });

  test('without this guard it is written in part', async () => {
    const client = await authenticated();
    client.send(produceApi, 7, 10, TWO);
    expect((await main.next()).body['topicData']).toMatchObject([{ partitionData: [{ index: 0 }, { index: 4 }] }]);
  });
});

describe('a drain', () => {
  test('waits for a write that was handed over, also when its client has gone', async () => {
    const client = await authenticated();
    client.send(produceApi, 7, 10, PRODUCE);
    const request = await main.next();
    client.close();
    expect(await inFlight.drained(50)).toBe(false);
    request.answer(PRODUCED);
    expect(await inFlight.drained(2000)).toBe(true);
  });

  test('waits for writes with acks=0: the broker must have handled a request behind them', async () => {
    const client = await authenticated();
    client.send(produceApi, 7, 10, { ...PRODUCE, acks: 0 });
    await main.next();
    await expect.poll(() => inFlight.count).toBe(0);
    for (const connection of connections) connection.settleUnacknowledged();
    expect(inFlight.count).toBe(1);
    const barrier = await main.next();
    expect(barrier.head.apiKey).toBe(18);
    barrier.answer({});
    expect(await inFlight.drained(2000)).toBe(true);
    client.send(metadataApi, 1, 11, { topics: [] });
    (await main.next()).answer({});
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
  });

  test('gives up a write that a stalled client has sent half of: the broker never had it', async () => {
    const client = await authenticated();
    // A frame of 1,000 bytes whose end never comes; head and first fields are there.
    client.send(produceApi, 7, 10, PRODUCE);
    (await main.next()).answer(PRODUCED);
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
    await expect.poll(() => inFlight.count).toBe(1);
    expect(await inFlight.drained(50)).toBe(false);
    for (const connection of connections) connection.abortHalfWrite();
    expect(await inFlight.drained(2000)).toBe(true);
    await client.ended;
  });
});

describe('a client that speaks topic ids', () => {
  const BY_ID = (...topicIds: readonly string[]) => ({ ...PRODUCE, topicData: topicIds.map((topicId) => ({ topicId, partitionData: [{ index: 0, records: Buffer.alloc(40, 1) }] })) });

  test('writes by id: the broker is asked by name in its version, the answer echoes the id', async () => {
    const client = await authenticated();
    client.send(produceApi, 13, 10, BY_ID(USERS_ID));
    const request = await main.next();
    expect(request.head.apiVersion).toBe(11);
    expect(request.body['topicData']).toMatchObject([{ name: 'teamAusers', partitionData: [{ records: Buffer.alloc(40, 1) }] }]);
    request.answer(PRODUCED);
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: USERS_ID, partitionResponses: [{ baseOffset: 7n, errorCode: 0 }] }]);
  });

  test('and by another tenant\'s id: alone it reaches no broker, beside others it is taken out', async () => {
    const client = await authenticated();
    client.send(produceApi, 13, 10, BY_ID(FOREIGN_ID));
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: FOREIGN_ID, partitionResponses: [{ index: 0, errorCode: ERROR.UNKNOWN_TOPIC_ID }] }]);
    expect(inFlight.count).toBe(0);
    client.send(produceApi, 13, 11, BY_ID(FOREIGN_ID, USERS_ID));
    const request = await main.next();
    expect(request.head.correlationId).toBe(11);
    expect((request.body['topicData'] as { name: string; partitionData: unknown[] }[]).filter(({ partitionData }) => partitionData.length > 0).map(({ name }) => name)).toEqual(['teamAusers']);
    request.answer(PRODUCED);
    const { body } = await client.receive(produceApi, 13);
    expect(body.responses.map(({ topicId, partitionResponses }) => [topicId, partitionResponses[0]?.errorCode])).toEqual([[USERS_ID, 0], [FOREIGN_ID, ERROR.UNKNOWN_TOPIC_ID]]);
    expect(inFlight.count).toBe(0);
  });

  test('a write that does not fit after a switch is refused in its words', async () => {
    const client = await authenticated();
    isSettling = true;
    client.send(produceApi, 13, 10, { ...PRODUCE, topicData: [{ topicId: USERS_ID, partitionData: [{ index: 0, records: null }, { index: 4, records: null }] }] });
    expect((await client.receive(produceApi, 13)).body.responses).toMatchObject([{ topicId: USERS_ID, partitionResponses: [{ errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }, { errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
    client.send(produceApi, 13, 11, BY_ID(USERS_ID));
    (await main.next()).answer(PRODUCED);
    expect((await client.receive(produceApi, 13)).correlationId).toBe(11);
  });

  const BY_ID_FETCH = { ...FETCH, topics: [{ topicId: USERS_ID, partitions: FETCH.topics[0]?.partitions ?? [] }] };

  test('reads by id, and a fetch that waits at a flip is answered by id', async () => {
    const client = await authenticated();
    client.send(fetchApi, 17, 10, BY_ID_FETCH);
    const request = await main.next();
    expect(request.head.apiVersion).toBe(12);
    expect(request.body['topics']).toMatchObject([{ topic: 'teamAusers', partitions: [{ fetchOffset: 3n, currentLeaderEpoch: -1 }] }]);
    request.answer({ responses: [{ topic: 'teamAusers', partitions: [{ records: Buffer.alloc(9, 3) }] }] });
    expect((await client.receive(fetchApi, 17)).body.responses).toMatchObject([{ topicId: USERS_ID, partitions: [{ records: Buffer.alloc(9, 3) }] }]);
    client.send(fetchApi, 17, 11, BY_ID_FETCH);
    await main.next();
    await flip();
    expect((await client.receive(fetchApi, 17)).body.responses).toMatchObject([{ topicId: USERS_ID, partitions: [{ errorCode: ERROR.NOT_LEADER_OR_FOLLOWER }] }]);
  });

  test('a member\'s heartbeat that waits at a flip is told to join again; what it owns is then told by the other cluster\'s ids', async () => {
    const client = await authenticated();
    const heartbeat = { groupId: 'g', memberId: 'm', memberEpoch: 4, topicPartitions: [{ topicId: USERS_ID, partitions: [0] }] };
    client.send(consumerGroupHeartbeatApi, 1, 10, heartbeat);
    expect((await main.next()).body['topicPartitions']).toMatchObject([{ topicId: realId('main teamAusers') }]);
    await flip();
    expect((await client.receive(consumerGroupHeartbeatApi, 1)).body.errorCode).toBe(ERROR.FENCED_MEMBER_EPOCH);
    client.send(consumerGroupHeartbeatApi, 1, 11, heartbeat);
    const request = await failover.next();
    expect(request.body['topicPartitions']).toMatchObject([{ topicId: realId('failover teamAusers') }]);
    request.answer({ errorCode: ERROR.GROUP_ID_NOT_FOUND, memberEpoch: 0 });
    expect((await client.receive(consumerGroupHeartbeatApi, 1)).body.errorCode).toBe(ERROR.FENCED_MEMBER_EPOCH);
  });
});

describe('a broker that goes away', () => {
  test('with answers owed takes the client with it, as a broker would', async () => {
    const client = await authenticated();
    client.send(metadataApi, 1, 10, { topics: [] });
    (await main.next()).socket.destroy();
    await client.ended;
  });

  test('while nothing is owed is not the client\'s business', async () => {
    const client = await authenticated();
    client.send(metadataApi, 1, 10, { topics: [] });
    const first = await main.next();
    first.answer({});
    await client.receive(metadataApi, 1);
    first.socket.destroy();
    await expect.poll(() => main.connections.size).toBe(0);
    client.send(metadataApi, 1, 11, { topics: [] });
    (await main.next()).answer({});
    expect((await client.receive(metadataApi, 1)).correlationId).toBe(11);
  });
});

test('answers leave in request order, local ones included (00.3)', async () => {
  const client = await authenticated();
  client.send(metadataApi, 1, 10, { topics: [] });
  client.send(initProducerIdApi, 1, 11, { transactionalId: null, transactionTimeoutMs: 1 });
  const metadata = await main.next();
  metadata.answer({});
  expect((await client.receive(metadataApi, 1)).correlationId).toBe(10);
  const { body } = await client.receive(initProducerIdApi, 1);
  expect(body.producerId >= 1n << 61n && body.producerId < 1n << 62n).toBe(true);
});

test('no leader epoch reaches the broker or the client (D1, both directions)', async () => {
  const client = await authenticated();
  client.send(fetchApi, 11, 10, FETCH);
  const fetch = await main.next();
  expect(fetch.body['topics']).toMatchObject([{ topic: 'teamAusers', partitions: [{ currentLeaderEpoch: -1 }] }]);
  fetch.answer({ responses: [] });
  await client.receive(fetchApi, 11);
  client.send(metadataApi, 8, 11, { topics: [{ name: 'users' }] });
  (await main.next()).answer({ clusterId: 'secret', brokers: [{ nodeId: 1, host: 'backend', port: 29092 }, { nodeId: 9, host: 'backend', port: 29099 }], topics: [{ name: 'teamAusers', partitions: [{ leaderId: 1, leaderEpoch: 12 }] }, { name: 'teamBusers' }] });
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
    const other = await authenticated();
    const client = await plainClient();
    client.socket.write(bytes);
    await client.ended;
    expect(lines.join('')).toMatch(says);
    other.send(metadataApi, 1, 10, { topics: [] });
    (await main.next()).answer({});
    expect((await other.receive(metadataApi, 1)).correlationId).toBe(10);
  });

  test('a frame whose end never comes', async () => {
    const client = await authenticated();
    client.socket.end(Buffer.from('000000ff0003', 'hex'));
    await client.ended;
    await expect.poll(() => lines.join('')).toMatch(/closed the connection/);
  });

  test('an api that is hidden (OffsetForLeaderEpoch, D1)', async () => {
    const client = await authenticated();
    client.send(offsetForLeaderEpochApi, 3, 10, { topics: [] });
    await client.ended;
    expect(lines.join('')).toMatch(/api 23 \(version 3\) is not served/);
  });

  test('a wrong token, with the reason', async () => {
    const client = await plainClient();
    client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
    await client.receive(saslHandshakeApi, 1);
    client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from('\0sa\0bad') });
    expect((await client.receive(saslAuthenticateApi, 2)).body).toMatchObject({ errorCode: ERROR.SASL_AUTHENTICATION_FAILED, errorMessage: 'the token was not issued by this gateway' });
    await client.ended;
    expect(lines.join('')).not.toContain('bad');
  });
});

test('a client that asks for a version of ApiVersions that nobody knows is told the range (KIP-511)', async () => {
  const client = await plainClient();
  client.socket.write(Buffer.from('0000000b' + '00120009' + '00000001' + 'ffff' + '00', 'hex'));
  const { body } = await client.receive(apiVersionsApi, 0);
  expect(body.errorCode).toBe(ERROR.UNSUPPORTED_VERSION);
  expect(body.apiKeys).toContainEqual({ apiKey: 18, minVersion: 0, maxVersion: 4 });
});
