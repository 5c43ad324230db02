import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { startGatewayNode, type GatewayNode } from '../../../src/gateway/gateway-node.ts';
import { createLog } from '../../../src/gateway/log.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import type { Cluster } from '../../../src/topology/topology.ts';
import { freePorts, startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { TOPOLOGY } from '../../support/observation.ts';

/** Both clusters are one real broker, so each switch leads to a cluster that knows the producer by an earlier epoch: what a switch back meets. */
const TOPIC = 'users';
let folder: string;
let broker: KafkaBroker;
let node: GatewayNode;
let producer: Producer;
let direct: KafkaClient;
let generation = 1;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gwctl-introduced-'));
  broker = await startKafkaBroker('4.3.1');
  direct = openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 10_000 });
  await direct.metadata([], { timeoutMs: 150_000 });
  const [port] = (await freePorts(1)) as [number];
  const [base] = TOPOLOGY.gateways;
  if (base === undefined) throw new Error('no gateway');
  const clusterNamed = (name: string): Cluster => ({ name, role: name === 'main' ? 'primary' : 'failover', kafkaVersion: '4.3.1', brokerConfig: {}, brokers: [{ id: 1, host: '127.0.0.1', port: broker.port, controllerPort: 0 }] });
  node = await startGatewayNode({
    node: { ...base, advertisedHost: '127.0.0.1', bindHost: '127.0.0.1', ports: [{ nodeId: 1, port }] },
    settings: TOPOLOGY.gateway,
    clusters: [clusterNamed('main'), clusterNamed('failover')],
    primary: 'main',
    tokenKeys: ['k'.repeat(32)],
    memoryFile: join(folder, 'active.json'),
    log: createLog(() => {}),
  });
  const password = await node.issueToken('teamA', 'sa', 600);
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username: 'sa', password } });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 1 }], waitForLeaders: true });
  await admin.disconnect();
  producer = kafka.producer({ transactionalId: 'copier', idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
}, 180_000);
afterAll(async () => {
  await producer?.disconnect();
  await node?.close();
  direct?.close();
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(...values: string[]) {
  const transaction = await producer.transaction();
  await transaction.send({ topic: TOPIC, messages: values.map((value) => ({ value, partition: 0 })) });
  return transaction;
}

async function switchOver(beforeDrain: () => Promise<void> = async () => {}): Promise<void> {
  const order: SwitchOrder = { runId: `r${generation}`, generation: generation + 1, to: generation % 2 === 1 ? 'failover' : 'main', leaseMs: 60_000, timeoutMs: 20_000 };
  generation++;
  await node.controller.prepare(order);
  await node.controller.pause(order);
  const [, drained] = await Promise.allSettled([beforeDrain(), node.controller.drain(order)]);
  if (drained.status === 'rejected') throw drained.reason;
  await node.commit(order);
  await node.controller.flip(order);
  await node.controller.resume(order);
}

async function committed(): Promise<string[]> {
  const values: string[] = [];
  for await (const { value } of direct.readRecords(`teamA${TOPIC}`, 0, 0n, { isolation: 'read_committed' })) values.push(String(value));
  return values;
}

test('a transactional producer goes on through a switch and back without an error, although the broker wants its sequences to begin at 0', async () => {
  await (await begin('a', 'b')).commit();
  await switchOver();
  await (await begin('c')).commit();
  await (await begin('d', 'e')).commit();
  await switchOver();
  await (await begin('f')).commit();
  await expect.poll(committed).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a transaction that is open when writes are held may end', async () => {
  const open = await begin('g');
  await switchOver(async () => await open.commit());
  await expect.poll(committed).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

test('one that does not end is aborted: nothing of it is seen, and its producer goes on after its own abort', async () => {
  const open = await begin('never');
  await switchOver();
  await open.abort();
  await (await begin('h')).commit();
  await expect.poll(committed).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
});

test('its commit fails', async () => {
  const open = await begin('never again');
  await switchOver();
  await expect(open.commit()).rejects.toThrow(/producer id/);
  expect(await committed()).not.toContain('never again');
});
