import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureInternalTopics } from '../../../src/adapters/runtime/internal-topics.ts';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { startAdminServer } from '../../../src/gateway/admin/admin-server.ts';
import type { AuditRecord } from '../../../src/gateway/audit/audit-event.ts';
import { AUDIT_TOPIC } from '../../../src/gateway/audit/audit-log.ts';
import { startGatewayNode, type GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { createLog } from '../../../src/gateway/log.ts';
import { ADMIN_PATHS, type SwitchVerb } from '../../../src/shared/admin-api.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { createAclsApi } from '../../../src/wire/generated/create-acls.ts';
import { freePorts, startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const folder = mkdtempSync(join(tmpdir(), 'gwctl-audit-'));
const brokers: KafkaBroker[] = [];
const clients: KafkaClient[] = [];
let direct: readonly [KafkaClient, KafkaClient];
let node: GatewayNode;
let admin: FastifyInstance;
let port: number;
let adminPort: number;

const open = (to: number, username?: string, password = ''): KafkaClient => {
  const client = openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port: to }], clientId: 'test', requestTimeoutMs: 20_000, ...(username === undefined ? {} : { sasl: { mechanism: 'PLAIN', username, password } }) });
  clients.push(client);
  return client;
};

beforeAll(async () => {
  brokers.push(...(await Promise.all([startKafkaBroker('4.3.1'), startKafkaBroker('4.3.1')])));
  const clusters = brokers.map(({ port: at }, index): Cluster => ({ name: index === 0 ? 'main' : 'failover', role: index === 0 ? 'primary' : 'failover', kafkaVersion: '4.3.1', brokerConfig: {}, brokers: [{ id: 1, host: '127.0.0.1', port: at, controllerPort: 0 }] }));
  direct = [open(brokers[0]?.port ?? 0), open(brokers[1]?.port ?? 0)];
  await Promise.all(direct.map((client) => client.metadata([], { timeoutMs: 150_000 })));
  const [, failover] = clusters;
  const [base] = TOPOLOGY.gateways;
  if (failover === undefined || base === undefined) throw new Error('no topology');
  // The first cluster gets its topics from the node, the second one as from `gwctl up`.
  await ensureInternalTopics(failover, [], direct[1], AbortSignal.timeout(60_000));
  [port, adminPort] = (await freePorts(2)) as [number, number];
  node = await startGatewayNode({
    node: { ...base, name: 'gateway1', advertisedHost: '127.0.0.1', bindHost: '127.0.0.1', ports: [{ nodeId: 1, port }] },
    settings: { ...TOPOLOGY.gateway, tenantLimits: { teamC: { maxConnections: 1, maxBytesInFlight: 1 << 20 } } },
    clusters, primary: 'main', tokenKeys: ['k'.repeat(32)], memoryFile: join(folder, 'active.json'), log: createLog(() => {}),
  });
  admin = await startAdminServer(node, { host: '127.0.0.1', port: adminPort, username: 'root', password: 'secret' });
}, 240_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await admin?.close();
  await node?.close();
  await Promise.all(brokers.map((broker) => broker.stop()));
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function post(path: string, body: object = {}): Promise<{ readonly token?: string }> {
  const response = await fetch(`http://127.0.0.1:${adminPort}${path}`, {
    method: 'POST', headers: { authorization: `Basic ${Buffer.from('root:secret').toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as { token?: string };
}

const tokenOf = async (virtualCluster: string, username: string, isAdmin = false): Promise<string> => (await post(ADMIN_PATHS.issueToken(virtualCluster, username), { lifeTimeSeconds: 600, isAdmin })).token ?? '';

async function recordsOn(client: KafkaClient): Promise<AuditRecord[]> {
  const [end] = await client.listOffsets([{ topic: AUDIT_TOPIC, partition: 0, timestamp: -1n, isolation: 'read_committed' }]);
  const records: AuditRecord[] = [];
  for await (const { value } of client.readRecords(AUDIT_TOPIC, 0, 0n, { isolation: 'read_committed', until: end?.offset ?? 0n })) records.push(JSON.parse(value?.toString('utf8') ?? '') as AuditRecord);
  return records;
}

const awaitRecord = (client: KafkaClient, record: object): Promise<void> =>
  expect.poll(() => recordsOn(client), { timeout: 20_000 }).toContainEqual(expect.objectContaining({ version: 1, node: 'gateway1', time: expect.stringMatching(/^\d{4}-.*Z$/), ...record }));

test('what a tenant and an administrator do, and what they are refused, is recorded; a tenant does not see it', async () => {
  const [main] = direct;
  const [userToken, rootToken] = [await tokenOf('teamA', 'sa'), await tokenOf('teamA', 'boss', true)];
  const [sa, boss] = [open(port, 'sa', userToken), open(port, 'boss', rootToken)];
  await boss.createTopics([{ name: 'orders', partitions: 1, replicationFactor: 1 }, { name: 'gone', partitions: 1, replicationFactor: 1 }]);
  await boss.deleteTopics(['gone']);
  await boss.send({ kind: 'any' }, createAclsApi, { creations: [{ resourceType: 2, resourceName: 'orders', resourcePatternType: 3, principal: 'User:sa', host: '*', operation: 3, permissionType: 3 }] });
  await expect(sa.produce('orders', 0, [{ key: null, value: Buffer.from('x') }])).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
  await expect(open(port, 'sa', 'no token').metadata([])).rejects.toThrow();
  const teamC = await tokenOf('teamC', 'sa');
  await open(port, 'sa', teamC).metadata([]);
  await expect(open(port, 'sa', teamC).metadata([])).rejects.toThrow('has 1 connection to this gateway node (allowed: 1)');
  await post(ADMIN_PATHS.revoke('teamC'), { username: 'sa' });

  const [byRoot, atAddress] = [{ user: 'root', address: '127.0.0.1' }, { address: '127.0.0.1' }];
  for (const record of [
    { kind: 'virtual-cluster-registered', virtualCluster: 'teamA', ...byRoot },
    { kind: 'token-issued', virtualCluster: 'teamA', ...byRoot, details: { username: 'boss', isAdmin: true, lifeTimeSeconds: 600, tokenId: expect.any(String) } },
    { kind: 'login', virtualCluster: 'teamA', user: 'sa', ...atAddress, details: { tokenId: expect.any(String), again: false } },
    { kind: 'topics-created', virtualCluster: 'teamA', user: 'boss', ...atAddress, details: { topics: ['orders', 'gone'] } },
    { kind: 'topics-deleted', virtualCluster: 'teamA', user: 'boss', ...atAddress, details: { topics: ['gone'] } },
    { kind: 'acls-changed', virtualCluster: 'teamA', user: 'boss', ...atAddress, details: { added: ['ALLOW User:sa READ TOPIC LITERAL orders'], removed: [] } },
    { kind: 'denied', virtualCluster: 'teamA', user: 'sa', ...atAddress, details: { api: 'Produce', operation: 'WRITE', resourceType: 'TOPIC', resource: 'orders' } },
    { kind: 'login-refused', virtualCluster: null, user: 'sa', ...atAddress, details: { reason: 'the password is not a valid token' } },
    { kind: 'connection-refused', virtualCluster: 'teamC', user: 'sa', ...atAddress, details: { reason: 'virtual cluster teamC has 1 connection to this gateway node (allowed: 1)' } },
    { kind: 'tokens-revoked', virtualCluster: 'teamC', ...byRoot, details: { username: 'sa', tokenId: null } },
  ]) await awaitRecord(main, record);
  const written = JSON.stringify(await recordsOn(main));
  for (const secret of [userToken, rootToken, teamC]) expect(written).not.toContain(secret.split('.').at(-1));

  expect((await main.metadata()).topics.map(({ name }) => name)).toContain(AUDIT_TOPIC);
  expect((await boss.metadata()).topics.map(({ name }) => name)).toEqual(['orders']);
  expect((await boss.metadata([AUDIT_TOPIC])).topics.map(({ errorCode }) => errorCode)).toEqual([ERROR.UNKNOWN_TOPIC_OR_PARTITION]);
}, 120_000);

test('the verbs of a switch: those before the pause are on the cluster that is left, the rest on the other one, in order, and none is lost', async () => {
  const [main, failover] = direct;
  const token = await tokenOf('teamA', 'late');
  const order = { runId: 'r1', generation: 2, to: 'failover', leaseMs: 60_000, timeoutMs: 10_000 };
  const give = (verb: SwitchVerb): Promise<unknown> => post(ADMIN_PATHS.run(verb), order);
  await give('prepare');
  await awaitRecord(main, { kind: 'switch', details: expect.objectContaining({ verb: 'prepare' }) });
  await give('pause');
  const late = open(port, 'late', token);
  await late.metadata([]);
  await give('drain');
  const left = (await recordsOn(main)).length;
  await node.commit({ runId: 'r1', generation: 2, to: 'failover', leaseMs: 60_000 });
  await give('flip');
  await give('resume');
  await awaitRecord(failover, { kind: 'switch', details: expect.objectContaining({ verb: 'resume' }) });
  const after = await recordsOn(failover);
  expect(after.filter(({ kind }) => kind === 'switch').map(({ details }) => details)).toEqual([
    ...(['pause', 'drain', 'flip'] as const).map((verb) => ({ verb, runId: 'r1', generation: 2, from: 'main', to: 'failover', outcome: 'done', error: null })),
    { verb: 'resume', runId: 'r1', generation: 2, from: null, to: 'failover', outcome: 'done', error: null },
  ]);
  expect(after).toContainEqual(expect.objectContaining({ kind: 'login', user: 'late' }));
  expect(await recordsOn(main)).toHaveLength(left);
  const sequences = [...(await recordsOn(main)), ...after].map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
}, 120_000);

test('a node that ends writes what it still has', async () => {
  await node.issueToken('teamD', 'last', 600);
  await node.close();
  expect((await recordsOn(direct[1])).at(-1)).toMatchObject({ kind: 'token-issued', virtualCluster: 'teamD', user: null, details: { username: 'last' } });
}, 60_000);
