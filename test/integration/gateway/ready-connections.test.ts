import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { startBrokerPair, type BrokerPair } from '../../support/broker-pair.ts';
import { commitSwitch } from '../../support/decide-switch.ts';
import type { KafkaBroker } from '../../support/kafka-broker.ts';
import { startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 60_000, timeoutMs: 20_000 };
const CLIENTS = 10;
let pair: BrokerPair;
let node: WorkerNode;

beforeAll(async () => {
  pair = await startBrokerPair();
}, 180_000);
afterAll(async () => {
  await node?.dispose();
  await pair?.stop();
});

/** The local ports of whoever is connected to a broker. */
function connectionsTo({ port }: KafkaBroker): ReadonlySet<string> {
  const ESTABLISHED = '01';
  const rows = ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/self/net/${file}`, 'utf8').trim().split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
  return new Set(rows.filter(([, , remote, state]) => state === ESTABLISHED && Number.parseInt(remote?.split(':')[1] ?? '', 16) === port).map(([, local]) => local ?? ''));
}

async function write(clients: readonly KafkaClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.produce('users', 0, [{ key: null, value: Buffer.from('written') }])));
}

test('a node that is prepared connects to the target for all of its clients, and after the flip nobody has to', async () => {
  await pair.renewTopic('teamAusers');
  node = await startWorkerNode(pair.main, pair.failover, 1);
  const token = await node.admin.issueToken('teamA', 'sa', 600);
  const clients = Array.from({ length: CLIENTS }, () => node.open(token));
  await node.admin.prepare(ORDER);
  const own = connectionsTo(pair.failover).size;
  await write(clients);
  await node.admin.prepare(ORDER);
  await expect.poll(() => connectionsTo(pair.failover).size).toBeGreaterThanOrEqual(own + CLIENTS);
  await node.admin.order('pause', ORDER);
  await node.admin.order('drain', ORDER);
  await commitSwitch(pair.onFailover, ORDER);
  const before = connectionsTo(pair.failover);
  await node.admin.order('flip', ORDER);
  await node.admin.order('resume', ORDER);
  await write(clients);
  const made = [...connectionsTo(pair.failover)].filter((local) => !before.has(local));
  // The node itself makes a few; without those that were ready there are as many more as clients.
  expect(made.length).toBeLessThan(CLIENTS / 2);
});
