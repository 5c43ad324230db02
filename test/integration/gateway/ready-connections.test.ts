import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { startGatewayNode, type GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { createLog } from '../../../src/gateway/log.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { freePorts, startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

const ORDER: SwitchOrder = { runId: 'r1', generation: 2, to: 'failover', leaseMs: 60_000, timeoutMs: 20_000 };
const CLIENTS = 5;
let folder: string;
let main: KafkaBroker;
let failover: KafkaBroker;
let node: GatewayNode;
let clients: readonly KafkaClient[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gwctl-ready-'));
  [main, failover] = await Promise.all([startKafkaBroker('4.3.1'), startKafkaBroker('4.3.1')]);
  for (const broker of [main, failover]) {
    const direct = openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 10_000 });
    await direct.metadata([], { timeoutMs: 150_000 });
    const names = ['_topicMappings', '_virtualClusters', '_acls', '_auditLogs', 'teamAusers'];
    await direct.createTopics(names.map((name) => ({ name, partitions: 1, replicationFactor: 1 })), { timeoutMs: 60_000 }).finally(() => direct.close());
  }
  const [port] = (await freePorts(1)) as [number];
  const [base] = TOPOLOGY.gateways;
  if (base === undefined) throw new Error('no gateway');
  const clusterAt = (name: 'main' | 'failover', broker: KafkaBroker): Cluster => ({ name, role: name === 'main' ? 'primary' : 'failover', kafkaVersion: '4.3.1', brokerConfig: {}, brokers: [{ id: 1, host: '127.0.0.1', port: broker.port, controllerPort: 0 }] });
  node = await startGatewayNode({
    node: { ...base, advertisedHost: '127.0.0.1', bindHost: '127.0.0.1', ports: [{ nodeId: 1, port }] },
    settings: TOPOLOGY.gateway,
    clusters: [clusterAt('main', main), clusterAt('failover', failover)],
    primary: 'main',
    tokenKeys: ['k'.repeat(32)],
    memoryFile: join(folder, 'active.json'),
    log: createLog(() => {}),
  });
  const password = await node.issueToken('teamA', 'sa', 600);
  clients = Array.from({ length: CLIENTS }, (_, index) => openKafkaClient({ bootstrap: [{ host: '127.0.0.1', port }], clientId: `client-${index}`, requestTimeoutMs: 10_000, sasl: { mechanism: 'PLAIN', username: 'sa', password } }));
}, 180_000);
afterAll(async () => {
  for (const client of clients) client.close();
  await node?.close();
  await Promise.all([main?.stop(), failover?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** The local ports of what this process is connected to a broker by. */
function connectionsTo({ port }: KafkaBroker): ReadonlySet<string> {
  const ESTABLISHED = '01';
  const rows = ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/self/net/${file}`, 'utf8').trim().split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  return new Set(rows.filter(([, , remote, state]) => state === ESTABLISHED && Number.parseInt(remote?.split(':')[1] ?? '', 16) === port).map(([, local]) => local ?? ''));
}

async function write(): Promise<void> {
  await Promise.all(clients.map((client, index) => client.produce('users', 0, [{ key: null, value: Buffer.from(`${index}`) }])));
}

test('a node that is prepared connects to the target for all of its clients, and after the flip nobody has to', async () => {
  await node.controller.prepare(ORDER);
  const own = connectionsTo(failover).size;
  await write();
  await node.controller.prepare(ORDER);
  const { connections } = node.state();
  expect(connections).toBeGreaterThanOrEqual(CLIENTS);
  await expect.poll(() => connectionsTo(failover).size).toBeGreaterThanOrEqual(own + connections);
  await node.controller.pause(ORDER);
  await node.controller.drain(ORDER);
  const before = connectionsTo(failover);
  await node.commit(ORDER);
  await node.controller.flip(ORDER);
  await node.controller.resume(ORDER);
  await write();
  const made = [...connectionsTo(failover)].filter((local) => !before.has(local));
  // The node itself makes three; without those that were ready there are as many more as clients.
  expect(made.length).toBeLessThan(connections);
});
