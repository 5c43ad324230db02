import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Partitioners, type Consumer, type Kafka } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueToken as signToken } from '../../src/gateway/login/tokens.ts';
import { gatewayNamed } from '../../src/topology/lookup.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { readValues } from '../support/read-values.ts';
import { clientOn, clientThrough, issueToken, kafkaThrough, postAdmin } from '../support/service-account.ts';

let environment: TestEnvironment;
let tokens: { readonly teamA: string; readonly teamB: string };
let teamA: Kafka;
let teamB: Kafka;
const ALL_IN_SYNC = -1;
const DEADLINE = { timeout: 30_000, interval: 50 };

beforeAll(async () => {
  environment = await startEnvironment([], ONE_BROKER_EACH);
  const [a, b] = [await issueToken(environment, 'gateway1', 'teamA'), await issueToken(environment, 'gateway2', 'teamB')];
  tokens = { teamA: a, teamB: b };
  teamA = kafkaThrough(environment, 'gateway1', a);
  teamB = kafkaThrough(environment, 'gateway2', b);
});
afterAll(async () => await environment?.dispose());

async function withAdmin<T>(kafka: Kafka, use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  return await use(admin).finally(() => admin.disconnect());
}

async function send(kafka: Kafka, topic: string, ...values: readonly string[]): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, acks: ALL_IN_SYNC, messages: values.map((value) => ({ value })) }).finally(() => producer.disconnect());
}

/** A member of a group that has what it read in `values`. */
async function joinGroup(kafka: Kafka, groupId: string, topic: string): Promise<{ consumer: Consumer; values: string[] }> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => void values.push(message.value?.toString('utf8') ?? '') });
  return { consumer, values };
}

test('two virtual clusters have the same topic and the same group, and neither sees the other\'s records, topics or groups', async () => {
  for (const [kafka, value] of [[teamA, 'for A'], [teamB, 'for B']] as const) {
    await withAdmin(kafka, (admin) => admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true }));
    await send(kafka, 'orders', value);
  }
  const members = await Promise.all([joinGroup(teamA, 'billing', 'orders'), joinGroup(teamB, 'billing', 'orders')]);
  await expect.poll(() => members.map(({ values }) => values), DEADLINE).toEqual([['for A'], ['for B']]);
  for (const kafka of [teamA, teamB]) {
    await withAdmin(kafka, async (admin) => {
      expect(await admin.listTopics()).toEqual(['orders']);
      expect((await admin.listGroups()).groups.map(({ groupId }) => groupId)).toEqual(['billing']);
      const { groups } = await admin.describeGroups(['billing']);
      expect(groups.map(({ state, members: all }) => ({ state, members: all.length }))).toEqual([{ state: 'Stable', members: 1 }]);
    });
  }
  await Promise.all(members.map(({ consumer }) => consumer.disconnect()));
  const main = clientOn(environment, 'main');
  try {
    expect((await main.listGroups()).map(({ groupId }) => groupId)).toEqual(expect.arrayContaining(['teamAbilling', 'teamBbilling']));
    expect([await readValues(main, 'teamAorders'), await readValues(main, 'teamBorders')]).toEqual([['for A'], ['for B']]);
  } finally {
    main.close();
  }
});

test('one transactional name in two virtual clusters is two producers; in one virtual cluster it fences the older one', async () => {
  const transactional = (kafka: Kafka) => kafka.producer({ transactionalId: 'ledger', idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner });
  const [a, b, again] = [transactional(teamA), transactional(teamB), transactional(teamA)];
  await Promise.all([a, b, again].map((producer) => producer.connect()));
  try {
    const [openA, openB] = [await a.transaction(), await b.transaction()];
    await openA.send({ topic: 'orders', messages: [{ value: 'in a transaction of A' }] });
    await openB.send({ topic: 'orders', messages: [{ value: 'in a transaction of B' }] });
    await openA.commit();
    await openB.abort();

    const older = await a.transaction();
    await older.send({ topic: 'orders', messages: [{ value: 'fenced' }] });
    const newer = await again.transaction();
    await expect(older.commit()).rejects.toThrow(/fenced|epoch|newer producer|transactional/i);
    await newer.abort();
  } finally {
    await Promise.all([a, b, again].map((producer) => producer.disconnect().catch(() => {})));
  }
  const [throughA, throughB] = [clientThrough(environment, 'gateway2', tokens.teamA), clientThrough(environment, 'gateway1', tokens.teamB)];
  try {
    expect(await readValues(throughA, 'orders')).toEqual(['for A', 'in a transaction of A']);
    expect(await readValues(throughB, 'orders')).toEqual(['for B']);
  } finally {
    throughA.close();
    throughB.close();
  }
});

test('neither a name that only another virtual cluster has, nor its name on the cluster, nor an internal topic can be read or written', async () => {
  const [owner, stranger] = [clientThrough(environment, 'gateway1', tokens.teamA), clientThrough(environment, 'gateway1', tokens.teamB)];
  try {
    await owner.createTopics([{ name: 'payroll', partitions: 1, replicationFactor: 1 }]);
    await owner.produce('payroll', 0, [{ key: null, value: Buffer.from('secret') }], { acks: -1 });
    expect(await readValues(owner, 'payroll')).toEqual(['secret']);
    const names = ['payroll', 'teamApayroll', '_topicMappings', '__consumer_offsets'];
    const { topics } = await stranger.metadata(names);
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).toEqual(names.map((name) => [name, ERROR.UNKNOWN_TOPIC_OR_PARTITION]));
    for (const name of names) {
      await expect(stranger.fetch(name, 0, 0n, { maxBytes: 1 << 20, maxWaitMs: 0, isolation: 'read_committed', timeoutMs: 500 }), name).rejects.toThrow(/UNKNOWN_TOPIC|no leader|unknown/i);
      await expect(stranger.produce(name, 0, [{ key: null, value: Buffer.from('x') }], { acks: -1, timeoutMs: 500 }), name).rejects.toThrow(/UNKNOWN_TOPIC|no leader|unknown/i);
    }
    expect(await readValues(owner, 'payroll')).toEqual(['secret']);
  } finally {
    owner.close();
    stranger.close();
  }
});

test('a broker\'s error message has the client\'s name for the topic, not the one on the cluster', async () => {
  const client = clientThrough(environment, 'gateway1', tokens.teamA);
  try {
    const [again, bad] = await client.createTopics([
      { name: 'orders', partitions: 1, replicationFactor: 1 },
      { name: 'too-many-replicas', partitions: 1, replicationFactor: 9 },
    ]);
    expect(again).toEqual({ name: 'orders', errorCode: ERROR.TOPIC_ALREADY_EXISTS, errorMessage: "Topic 'orders' already exists." });
    expect(bad?.errorCode).not.toBe(ERROR.NONE);
    expect(bad?.errorMessage).not.toContain('teamA');
  } finally {
    client.close();
  }
});

test('tokens that are expired, forged, without a signature, or another user\'s are refused, and the client is told why', async () => {
  const key = new TextEncoder().encode((await readFile(join(environment.dir, 'token-key'), 'utf8')).trim());
  const account = { username: 'sa', virtualCluster: 'teamA' };
  const minuteAgo = Date.now() - 60_000;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'none' })}.${encode({ username: 'sa', vcluster: 'teamA', exp: 4_000_000_000 })}.`;
  // A node answers each refusal of an address later than the one before, so the refusals are spread over both.
  const refusalOf = async (gateway: string, password: string, username = 'sa'): Promise<string> => {
    const producer = kafkaThrough(environment, gateway, password, username).producer({ retry: { retries: 0 }, createPartitioner: Partitioners.DefaultPartitioner });
    return await producer.connect().then(
      () => 'accepted',
      (reason: Error) => reason.message,
    ).finally(() => producer.disconnect());
  };
  const expired = await signToken(key, account, 1, minuteAgo);
  const client = clientThrough(environment, 'gateway1', expired);
  await expect(client.metadata()).rejects.toThrow(/refuses the credentials of sa: .*the token has expired/);
  client.close();
  expect(await refusalOf('gateway1', expired)).toMatch(/the token has expired/);
  expect(await refusalOf('gateway2', await signToken(new TextEncoder().encode('another key of a good length, 32+'), account, 3600))).toMatch(/the token was not issued by this gateway/);
  expect(await refusalOf('gateway1', unsigned)).toMatch(/the password is not a valid token/);
  expect(await refusalOf('gateway2', tokens.teamA, 'sb')).toMatch(/the token is not for user "sb"/);
  expect(await refusalOf('gateway2', 'hunter2')).toMatch(/the password is not a valid token/);
  expect(await refusalOf('gateway1', await signToken(key, account, 3600))).toBe('accepted');
});

test('a virtual cluster whose name begins another\'s, or the other way round, is refused by the command and by the API', async () => {
  for (const name of ['team', 'teamAB']) {
    const { exitCode, stderr } = await environment.gwctl(['vcluster', 'create', name]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/virtual cluster ".*" is a prefix of ".*": their topics could not be told apart/) });
    const answer = await postAdmin(environment, 'gateway2', `/admin/vclusters/v1/vcluster/${name}/username/sa`);
    expect(answer).toEqual({ status: 400, body: { error: { code: 'USAGE', message: expect.stringContaining('prefix of') } } });
  }
  const { stdout } = await environment.gwctl(['vcluster', 'list', '-o', 'json']);
  expect((JSON.parse(stdout) as { virtualClusters: { name: string }[] }).virtualClusters.map(({ name }) => name)).toEqual(['teamA', 'teamB']);
});

test('bytes that are not Kafka\'s end their own connection with a line in the node\'s log, and no other client notices', async () => {
  const port = gatewayNamed(environment.topology, 'gateway1').ports[0]?.port ?? 0;
  const producer = teamA.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 0 } });
  let disconnects = 0;
  producer.on('producer.disconnect', () => void disconnects++);
  await producer.connect();
  try {
    await producer.send({ topic: 'orders', acks: ALL_IN_SYNC, messages: [{ value: 'before the noise' }] });
    const tooLong = Buffer.alloc(8);
    tooLong.writeInt32BE(2_000_000_000);
    const noise = [
      { bytes: Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01]), line: /WARN frame of \d+ bytes \(allowed: 0 to \d+\); this looks like TLS: / },
      { bytes: Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), line: /WARN frame of \d+ bytes \(allowed: 0 to \d+\); this looks like HTTP: the admin API listens on another port/ },
      { bytes: tooLong, line: /WARN frame of 2000000000 bytes \(allowed: 0 to \d+\) node=gateway1/ },
      { bytes: Buffer.from('0000000a1234000000000001ffff', 'hex'), line: /WARN api 4660 \(version 0\) is not served/ },
    ];
    for (const { bytes, line } of noise) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(bytes);
      socket.resume();
      await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
      await expect.poll(() => readFile(join(environment.dir, 'gateway1', 'gateway1.log'), 'utf8'), DEADLINE).toMatch(line);
      await producer.send({ topic: 'orders', acks: ALL_IN_SYNC, messages: [{ value: 'during the noise' }] });
    }
    expect(disconnects).toBe(0);
  } finally {
    await producer.disconnect();
  }
});
