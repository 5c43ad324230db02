import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { startGatewayNode, type GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { freePorts, startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const folder = mkdtempSync(join(tmpdir(), 'gwctl-names-'));
const MAX_TOPIC_NAME = 249;
let broker: KafkaBroker;
let node: GatewayNode;
let direct: KafkaClient;
let teamA: KafkaClient;
let teamB: KafkaClient;

beforeAll(async () => {
  broker = await startKafkaBroker('4.3.1');
  direct = openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 20_000 });
  await direct.metadata([], { timeoutMs: 150_000 });
  const [port] = (await freePorts(1)) as [number];
  const [base] = TOPOLOGY.gateways;
  if (base === undefined) throw new Error('no gateway');
  node = await startGatewayNode({
    node: { ...base, advertisedHost: '127.0.0.1', bindHost: '127.0.0.1', ports: [{ nodeId: 1, port }] }, settings: TOPOLOGY.gateway,
    clusters: [{ name: 'main', role: 'primary', kafkaVersion: '4.3.1', brokerConfig: {}, brokers: [{ id: 1, host: '127.0.0.1', port: broker.port, controllerPort: 0 }] }],
    primary: 'main', tokenKeys: ['k'.repeat(32)], memoryFile: join(folder, 'active.json'), log: createLog(() => {}),
  });
  const open = async (virtualCluster: string): Promise<KafkaClient> =>
    openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port }], clientId: 'test', requestTimeoutMs: 20_000, sasl: { mechanism: 'PLAIN', username: 'sa', password: await node.issueToken(virtualCluster, 'sa', 600) } });
  [teamA, teamB] = [await open('teamA'), await open('teamB')];
}, 240_000);

afterAll(async () => {
  for (const client of [teamA, teamB, direct]) client?.close();
  await node?.close();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const create = (client: KafkaClient, name: string) => client.createTopics([{ name, partitions: 1, replicationFactor: 1 }]);
const physical = async (): Promise<string[]> => (await direct.metadata()).topics.map(({ name }) => name);

test('a topic name that is as long as may be with its prefix is good; one more is an invalid topic, and nothing is made', async () => {
  const longest = 'x'.repeat(MAX_TOPIC_NAME - 'teamA'.length);
  expect(await create(teamA, longest)).toMatchObject([{ errorCode: ERROR.NONE }]);
  const before = await physical();
  expect(before).toContain(`teamA${longest}`);
  const [refused] = await create(teamA, `${longest}y`);
  expect(refused?.errorCode).toBe(ERROR.INVALID_TOPIC_EXCEPTION);
  expect(refused?.errorMessage).not.toContain('teamA');
  expect(await physical()).toEqual(before);
  expect((await teamA.metadata([`${longest}y`])).topics).toMatchObject([{ name: `${longest}y`, errorCode: expect.toSatisfy((code: number) => code === ERROR.INVALID_TOPIC_EXCEPTION || code === ERROR.UNKNOWN_TOPIC_OR_PARTITION) }]);
});

test.each(['a.*', '.*', '^users$', 'a|b', 'a+', '(x', '[x', 'a\\d', '$&', 'a\0b', '../x', 'a/b', '', ' ', '{}', 'ü'])('a topic called %j is an invalid topic, is nobody else\'s, and nothing is made', async (name) => {
  const before = await physical();
  const [refused] = await create(teamA, name);
  // With its prefix the empty name is a good one on the cluster, and so it must be refused before it gets there.
  expect(refused).toMatchObject({ name, errorCode: ERROR.INVALID_TOPIC_EXCEPTION });
  expect(await physical()).toEqual(before);
});

test('names that mean something in an expression are names: "a.b" is not "axb"', async () => {
  await create(teamA, 'axb');
  expect((await teamA.metadata(['a.b'])).topics[0]?.errorCode).toBe(ERROR.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await create(teamA, 'a.b')).toMatchObject([{ errorCode: ERROR.NONE }]);
  expect((await teamA.metadata()).topics.map(({ name }) => name)).toEqual(expect.arrayContaining(['a.b', 'axb']));
  expect((await teamB.metadata()).topics).toEqual([]);
});

test('a group that is called like another tenant\'s, by either of its names, is another group', async () => {
  await create(teamA, 'shared');
  await create(teamB, 'shared');
  const offset = (value: bigint) => [{ topic: 'shared', partition: 0, offset: value }];
  await teamA.offsetCommit('billing', offset(7n));
  const stored = await direct.offsetFetch('teamAbilling');
  expect(stored).toMatchObject([{ topic: 'teamAshared', offset: 7n }]);
  for (const name of ['billing', 'teamAbilling', '', '*']) expect((await teamB.offsetFetch(name)).filter(({ offset: at }) => at >= 0n)).toEqual([]);
  await teamB.offsetCommit('billing', offset(9n));
  await teamB.offsetCommit('teamAbilling', offset(11n));
  expect(await teamA.offsetFetch('billing')).toMatchObject([{ topic: 'shared', offset: 7n }]);
  expect((await teamA.listGroups()).map(({ groupId }) => groupId)).toEqual(['billing']);
  expect((await teamB.listGroups()).map(({ groupId }) => groupId).sort()).toEqual(['billing', 'teamAbilling']);
  await teamB.deleteGroups(['billing', 'teamAbilling']);
  expect(await teamA.offsetFetch('billing')).toMatchObject([{ offset: 7n }]);
});
