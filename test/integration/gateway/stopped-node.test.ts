import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { LATEST } from '../../../src/client/list-offsets.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { startBrokerPair, type BrokerPair } from '../../support/broker-pair.ts';
import { commitSwitch, forgetSwitches } from '../../support/decide-switch.ts';
import type { KafkaBroker } from '../../support/kafka-broker.ts';
import { startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

const DEADLINE = { timeout: 60_000, interval: 50 };
const TOPIC = 'orders';
const STORED = `teamA${TOPIC}`;
const ORDER: SwitchOrder = { leaseMs: 120_000, runId: 'run-1', generation: 2, to: 'failover' };
const CLIENTS = 6;
/** The pace of the load, not a wait for anything. */
const PACE_MS = 5;
/** Of all clients together at this pace: they have waited for longer than a second. */
const MANY_WAITING = 1500;
/** A write that each connection was handing on at the very moment in which it was stopped. */
const IN_HAND = BigInt(CLIENTS);

let pair: BrokerPair;
let main: KafkaBroker;
let failover: KafkaBroker;
let onMain: KafkaClient;
let onFailover: KafkaClient;
let node: WorkerNode;
let over: AbortController;
let writing: Promise<void>[];
let acknowledged: number;
let waiting: number;

beforeAll(async () => {
  pair = await startBrokerPair();
  ({ main, failover, onMain, onFailover } = pair);
}, 180_000);
afterAll(async () => await pair?.stop());
afterEach(async () => {
  signal('SIGCONT', true);
  over?.abort();
  await Promise.all(writing ?? []);
  await node?.dispose();
}, 60_000);

/** A node on main, and clients that write without waiting for their answers. */
async function start(workers: number, env: Readonly<Record<string, string>> = {}): Promise<void> {
  await pair.renewTopic(STORED);
  await forgetSwitches([onMain, onFailover]);
  node = await startWorkerNode(main, failover, workers, env);
  const token = await node.admin.issueToken('teamA', 'sa', 3600);
  over = new AbortController();
  setMaxListeners(0, over.signal);
  [acknowledged, waiting] = [0, 0];
  writing = Array.from({ length: CLIENTS }, () => write(node.open(token)));
  await moreAcknowledged(200);
}

async function write(client: KafkaClient): Promise<void> {
  const sent: Promise<void>[] = [];
  for (let index = 0; !over.signal.aborted; index++) {
    waiting++;
    sent.push(client.produce(TOPIC, 0, [{ key: null, value: Buffer.from(`${index}`) }], { acks: -1, timeoutMs: 60_000, signal: over.signal }).then(() => void acknowledged++, () => {}).finally(() => waiting--));
    await delay(PACE_MS);
  }
  await Promise.all(sent);
}

async function moreAcknowledged(count: number): Promise<void> {
  const wanted = acknowledged + count;
  await expect.poll(() => acknowledged, DEADLINE).toBeGreaterThan(wanted);
}

function signal(name: 'SIGSTOP' | 'SIGCONT', withWorkers: boolean): void {
  for (const pid of [node.pid, ...(withWorkers ? node.workers().values() : [])]) process.kill(pid, name);
}

async function endOn(client: KafkaClient): Promise<bigint> {
  return (await client.listOffsets([{ topic: STORED, partition: 0, timestamp: LATEST }]))[0]?.offset ?? -1n;
}

/** Without the node, which is stopped: everybody else has switched. Answers with how many records main got after that. */
async function strayAfterSwitch(): Promise<bigint> {
  await commitSwitch(onFailover, ORDER);
  const before = await endOn(onMain);
  signal('SIGCONT', true);
  await expect.poll(() => endOn(onFailover), DEADLINE).toBeGreaterThan(200n);
  expect(await node.admin.state()).toMatchObject({ active: 'failover', generation: 2, phase: 'serving' });
  return (await endOn(onMain)) - before;
}

test.each([
  { name: 'a node of one process', workers: 1 },
  { name: 'a node with workers', workers: 2 },
])('$name that was stopped while a switch was committed: what its clients sent meanwhile does not reach the living cluster that was left', async ({ workers }) => {
  await start(workers);
  signal('SIGSTOP', true);
  await expect.poll(() => waiting, DEADLINE).toBeGreaterThan(MANY_WAITING);
  expect(await strayAfterSwitch()).toBeLessThanOrEqual(IN_HAND);
}, 180_000);

test('control: without the guard it writes there first', async () => {
  await start(1, { GWCTL_TEST_DISABLE: 'stalls' });
  signal('SIGSTOP', true);
  await expect.poll(() => waiting, DEADLINE).toBeGreaterThan(MANY_WAITING);
  const stray = await strayAfterSwitch();
  process.stdout.write(`without the guard: ${stray} records on the cluster that was left\n`);
  expect(stray).toBeGreaterThan(10n * IN_HAND);
}, 180_000);

test('workers whose primary is stopped hold writes, since nobody tells them of a switch', async () => {
  await start(2);
  signal('SIGSTOP', false);
  await expect.poll(() => waiting, DEADLINE).toBeGreaterThan(MANY_WAITING);
  expect(await strayAfterSwitch()).toBeLessThanOrEqual(IN_HAND);
}, 180_000);

test('control: without the guard such workers go on', async () => {
  await start(2, { GWCTL_TEST_DISABLE: 'stalls' });
  signal('SIGSTOP', false);
  await commitSwitch(onFailover, ORDER);
  await moreAcknowledged(1000);
}, 180_000);

test('a node that was stopped while nothing happened goes on where it was', async () => {
  await start(1);
  signal('SIGSTOP', true);
  await expect.poll(() => waiting, DEADLINE).toBeGreaterThan(MANY_WAITING);
  signal('SIGCONT', true);
  await moreAcknowledged(MANY_WAITING);
  expect(await node.admin.state()).toMatchObject({ active: 'main', generation: 1, phase: 'serving' });
  expect(node.lines.some(({ message }) => message.startsWith('this process was stopped'))).toBe(true);
}, 180_000);
