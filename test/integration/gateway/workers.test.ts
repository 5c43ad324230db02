import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { addPartitionsToTxnApi } from '../../../src/wire/generated/add-partitions-to-txn.ts';
import { endTxnApi } from '../../../src/wire/generated/end-txn.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import type { Api } from '../../../src/wire/schema.ts';
import { startBrokerPair, type BrokerPair } from '../../support/broker-pair.ts';
import { commitSwitch, forgetSwitches } from '../../support/decide-switch.ts';
import type { KafkaBroker } from '../../support/kafka-broker.ts';
import { readValues } from '../../support/read-values.ts';
import { commandOf, connectionsAt, startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

const DEADLINE = { timeout: 60_000, interval: 50 };
const TOPIC = 'orders';
/** As the virtual cluster's name makes it. */
const STORED = `teamA${TOPIC}`;
const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 120_000, timeoutMs: 5000 };
/** The pace of the load, not a wait for anything. */
const PACE_MS = 5;

let pair: BrokerPair;
let main: KafkaBroker;
let failover: KafkaBroker;
let onMain: KafkaClient;
let onFailover: KafkaClient;
let node: WorkerNode;
let token: string;

beforeAll(async () => {
  pair = await startBrokerPair();
  ({ main, failover, onMain, onFailover } = pair);
}, 180_000);
afterAll(async () => await pair?.stop());
afterEach(() => node?.dispose(), 60_000);

/** A node on main at generation 1, and an empty topic on both clusters. */
async function start(workers = 3): Promise<void> {
  await pair.renewTopic(STORED);
  await forgetSwitches([onMain, onFailover]);
  node = await startWorkerNode(main, failover, workers);
  token = await node.admin.issueToken('teamA', 'sa', 3600);
}

async function write(client: KafkaClient, value: string, timeoutMs = 30_000): Promise<void> {
  await client.produce(TOPIC, 0, [{ key: null, value: Buffer.from(value) }], { acks: -1, timeoutMs });
}

/** So many clients, each of which has its connection: with three times as many as workers, every worker has three. */
async function connected(count: number): Promise<KafkaClient[]> {
  const clients = Array.from({ length: count }, () => node.open(token));
  for (const client of clients) await client.metadata([]);
  return clients;
}

async function untilPrepared(phase: 'prepared' | 'paused' | 'drained'): Promise<void> {
  await node.admin.prepare(ORDER);
  if (phase === 'prepared') return;
  await node.admin.drainGroups({ ...ORDER, timeoutMs: 200 });
  await node.admin.order('pause', ORDER);
  if (phase === 'drained') await drained();
}

/** From here on the node may flip. */
async function drained(): Promise<void> {
  await node.admin.order('drain', ORDER);
  await commitSwitch(onFailover, ORDER);
}

/** As clients of older protocols speak it. */
function upToVersion<Req, Res>(api: Api<Req, Res>, max: number): Api<Req, Res> {
  return { ...api, request: { ...api.request, validVersions: [0, max] }, response: { ...api.response, validVersions: [0, max] } };
}

function pidOf(worker: number): number {
  const pid = node.workers().get(worker);
  if (pid === undefined) throw new Error(`worker ${worker} does not serve`);
  return pid;
}

/** Waits until a worker of that number serves in another process. */
async function untilReplaced(worker: number, before: number): Promise<void> {
  await expect.poll(() => node.workers().get(worker), DEADLINE).not.toBe(before);
}

interface Load {
  readonly acknowledged: readonly string[];
  stop(): Promise<void>;
}

/** Writers that never stop for an error; each value is sent until it is acknowledged. */
function startLoad(clients: readonly KafkaClient[], prefix: string): Load {
  const acknowledged: string[] = [];
  const over = new AbortController();
  const writers = clients.map(async (client, index) => {
    for (let count = 0; !over.signal.aborted; count++) {
      const value = `${prefix}-${index}-${count}`;
      for (let isDone = false; !isDone && !over.signal.aborted; ) {
        isDone = await write(client, value).then(() => true, () => false);
        if (isDone) acknowledged.push(value);
      }
      await delay(PACE_MS);
    }
  });
  return {
    acknowledged,
    stop: async () => {
      over.abort();
      await Promise.all(writers);
    },
  };
}

/** What was acknowledged and is on no cluster. */
function lost(acknowledged: readonly string[], ...stored: readonly (readonly string[])[]): string[] {
  const there = new Set(stored.flat());
  return acknowledged.filter((value) => !there.has(value));
}

async function moreThan(load: Load, count: number): Promise<void> {
  const before = load.acknowledged.length;
  await expect.poll(() => load.acknowledged.length, DEADLINE).toBeGreaterThan(before + count);
}

describe('a node with three workers', () => {
  test('spreads connections over them, and is one node to whoever looks at it', async () => {
    await start();
    const clients = await connected(9);
    await expect.poll(() => [...node.workers().values()].map((pid) => connectionsAt(pid, node.port)), DEADLINE).toEqual([3, 3, 3]);
    expect(connectionsAt(node.pid, node.port)).toBe(0);
    await expect.poll(() => node.admin.state(), DEADLINE).toMatchObject({ node: 'gateway1', active: 'main', generation: 1, phase: 'serving', connections: 9 });
    for (const client of clients) await client.metadata([]);

    const metrics = (await node.metrics()).split('\n');
    expect(metrics).toEqual(expect.arrayContaining(['gwctl_gateway_connections 9', 'gwctl_gateway_generation 1', 'gwctl_gateway_active_cluster{cluster="main"} 1', 'gwctl_gateway_serving 1']));
    // One by each client when it connected, one by each now.
    expect(metrics).toContain('gwctl_gateway_request_seconds_count{api="Metadata"} 18');

    expect(await node.admin.clients()).toMatchObject({ clients: [{ software: 'gwctl', version: '1', connections: 9 }], apis: expect.arrayContaining([{ key: 0, min: 3, max: 11 }]) as unknown });

    // What one worker changes is there for the clients of the others.
    const [first, ...others] = clients as [KafkaClient, ...KafkaClient[]];
    await first.createTopics([{ name: 'fresh', partitions: 1, replicationFactor: 1 }]);
    await Promise.all(others.map((client, index) => client.produce('fresh', 0, [{ key: null, value: Buffer.from(`${index}`) }])));
    expect((await readValues(first, 'fresh')).sort()).toEqual(others.map((_, index) => `${index}`).sort());
    await first.deleteTopics(['fresh']);

    // The primary revokes; every worker ends the sessions that it has.
    await node.admin.revoke('teamA', { username: 'sa' });
    await expect.poll(async () => (await node.admin.state()).connections, DEADLINE).toBe(0);
    await expect(first.metadata([])).rejects.toThrow('the token was revoked');

    expect(node.noise).toEqual([]);
    expect(node.lines.find(({ message }) => message.includes('session ended'))).toMatchObject({ level: 'info', node: 'gateway1', worker: expect.any(Number) as number, time: expect.stringMatching(/^2\d{3}-/) as string });
  }, 120_000);

  test('switches under load: nothing that was acknowledged is lost, and no worker writes to the cluster that was left', async () => {
    await start();
    const clients = await connected(9);
    const load = startLoad(clients, 'load');
    await moreThan(load, 50);
    await untilPrepared('drained');
    expect((await node.admin.state()).inFlightWrites).toBe(0);
    const before = await readValues(onMain, STORED);
    await expect.poll(async () => (await node.admin.state()).heldWrites, DEADLINE).toBe(9);
    expect(await node.admin.order('flip', ORDER)).toMatchObject({ phase: 'flipped', active: 'failover', generation: 2 });
    await node.admin.order('resume', ORDER);
    await moreThan(load, 50);
    await load.stop();
    await Promise.all(clients.map((client, index) => write(client, `after-${index}`)));

    const [left, now] = [await readValues(onMain, STORED), await readValues(onFailover, STORED)];
    expect(left).toEqual(before);
    expect(lost(load.acknowledged, left, now)).toEqual([]);
    expect(lost([...load.acknowledged, 'never written'], left, now)).toEqual(['never written']);
    expect(lost(clients.map((_, index) => `after-${index}`), now)).toEqual([]);
    expect(await node.metrics()).toContain('gwctl_gateway_active_cluster{cluster="failover"} 1');
  }, 120_000);
});

describe('a worker that is killed', () => {
  test('while it serves is replaced, and its clients go on', async () => {
    await start();
    const clients = await connected(6);
    const load = startLoad(clients, 'killed');
    await moreThan(load, 20);
    const killed = pidOf(2);
    process.kill(killed, 'SIGKILL');
    await untilReplaced(2, killed);
    await moreThan(load, 50);
    await load.stop();
    expect(lost(load.acknowledged, await readValues(onMain, STORED))).toEqual([]);
    await expect.poll(async () => (await node.admin.state()).connections, DEADLINE).toBe(6);
    // Counters of the one that is gone were not forgotten by those who read them before: nothing shrinks.
    const count = async (): Promise<number> => Number(/request_seconds_count\{api="Produce"\} (\d+)/.exec(await node.metrics())?.[1]);
    const seen = await count();
    const again = pidOf(1);
    process.kill(again, 'SIGKILL');
    await untilReplaced(1, again);
    expect(await count()).toBeGreaterThanOrEqual(seen);
  }, 120_000);

  test('while the node is paused comes back paused: not one write passes before the end of the pause', async () => {
    await start();
    const before = await connected(3);
    await untilPrepared('paused');
    const killed = [1, 2, 3].map(pidOf);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    for (const [index, pid] of killed.entries()) await untilReplaced(index + 1, pid);
    const clients = await connected(3);
    const writes = Promise.all(clients.map((client, index) => write(client, `held-${index}`)));
    await expect.poll(async () => (await node.admin.state()).heldWrites, DEADLINE).toBe(3);
    await drained();
    expect(await readValues(onMain, STORED)).toEqual([]);
    await node.admin.order('flip', ORDER);
    await node.admin.order('resume', ORDER);
    await writes;
    await Promise.all(before.map((client, index) => write(client, `old-${index}`)));
    expect(await readValues(onMain, STORED)).toEqual([]);
    expect((await readValues(onFailover, STORED)).sort()).toEqual(['held-0', 'held-1', 'held-2', 'old-0', 'old-1', 'old-2']);
  }, 120_000);

  test('with an open transaction leaves nobody waiting for it: the drain ends it all the same', async () => {
    await start(2);
    const client = node.open(token);
    const begin = async (at: KafkaClient, transactionalId: string, topic: string): Promise<{ readonly producerId: bigint; readonly producerEpoch: number }> => {
      const target = { kind: 'transaction', transactionalId } as const;
      let producer = { producerId: -1n, producerEpoch: -1 };
      await expect.poll(async () => {
        const answer = await at.send(target, initProducerIdApi, { transactionalId, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 });
        producer = answer;
        return answer.errorCode;
      }, DEADLINE).toBe(0);
      const { producerId, producerEpoch } = producer;
      const topics = [{ name: topic, partitions: [0] }];
      const draft = { v3AndBelowTransactionalId: transactionalId, v3AndBelowProducerId: producerId, v3AndBelowProducerEpoch: producerEpoch, v3AndBelowTopics: topics };
      const answer = await at.send(target, upToVersion(addPartitionsToTxnApi, 3), draft);
      expect(answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode).toBe(0);
      return { producerId, producerEpoch };
    };
    /** What the coordinator on main says to a commit. */
    const commit = async (transactionalId: string, producer: { readonly producerId: bigint; readonly producerEpoch: number }): Promise<number> =>
      (await onMain.send({ kind: 'transaction', transactionalId }, upToVersion(endTxnApi, 4), { transactionalId, ...producer, committed: true })).errorCode;

    const through = await begin(client, 'billing', TOPIC);
    const past = await begin(onMain, 'elsewhere', STORED);
    const [worker, pid] = [...node.workers()].find(([, each]) => connectionsAt(each, node.port) > 0) as [number, number];
    await untilPrepared('paused');
    process.kill(pid, 'SIGKILL');
    await untilReplaced(worker, pid);
    await node.admin.order('drain', ORDER);
    expect(await commit('teamAbilling', through)).not.toBe(0);
    expect(await commit('elsewhere', past)).toBe(0); // nobody aborted this one
  }, 120_000);

  test('while it should flip is waited for: the flip is done when its replacement serves the new cluster', async () => {
    await start();
    const clients = await connected(6);
    const load = startLoad(clients, 'flip');
    await moreThan(load, 20);
    await untilPrepared('drained');
    const killed = pidOf(3);
    process.kill(killed, 'SIGSTOP'); // so that the flip is surely under way when it dies
    const flip = node.admin.order('flip', ORDER);
    await expect.poll(async () => (await node.admin.state()).phase, DEADLINE).toBe('flipped');
    process.kill(killed, 'SIGKILL');
    expect(await flip).toMatchObject({ phase: 'flipped', active: 'failover' });
    expect(pidOf(3)).not.toBe(killed);
    await node.admin.order('resume', ORDER);
    await moreThan(load, 50);
    await load.stop();
    const [left, now] = [await readValues(onMain, STORED), await readValues(onFailover, STORED)];
    expect(lost(load.acknowledged, left, now)).toEqual([]);
    expect(lost(load.acknowledged.slice(-20), now)).toEqual([]);
  }, 120_000);

  test('again and again ends the node, with an error that names it, and leaves nothing behind', async () => {
    await start(2);
    const all = new Set(node.workers().values());
    for (const pid of [pidOf(1), 0, 0]) {
      const victim = pid === 0 ? pidOf(1) : pid;
      all.add(victim);
      process.kill(victim, 'SIGKILL');
      await expect.poll(() => node.workers().get(1) !== victim || node.noise.length > 0, DEADLINE).toBe(true);
    }
    expect(await node.ended).toBe(6);
    expect(node.noise.join('\n')).toContain('worker 1 ends again and again');
    for (const pid of all) expect(commandOf(pid)).toBe('');
  }, 120_000);
});

describe('a worker that hangs', () => {
  test('makes a drain fail by its name; it is replaced when the pause ends, and the others have served on', async () => {
    await start();
    const clients = await connected(3);
    await node.admin.prepare(ORDER);
    await node.admin.order('pause', ORDER);
    const stopped = pidOf(2);
    process.kill(stopped, 'SIGSTOP');
    await expect(node.admin.order('drain', { ...ORDER, timeoutMs: 500 })).rejects.toThrow(`gateway gateway1: worker 2 (process ${stopped}) did not answer settleWrites within 3500 ms`);
    expect((await node.admin.state()).phase).toBe('paused');
    await node.admin.order('abort', ORDER);
    await untilReplaced(2, stopped);
    await Promise.all(clients.map((client, index) => write(client, `on-${index}`)));
    expect((await readValues(onMain, STORED)).sort()).toEqual(['on-0', 'on-1', 'on-2']);
    expect(commandOf(stopped)).toBe('');
  }, 120_000);

  test('does not keep a flip from happening: it is ended, and whoever replaces it serves the new cluster', async () => {
    await start();
    const clients = await connected(6);
    await untilPrepared('drained');
    const stopped = pidOf(1);
    process.kill(stopped, 'SIGSTOP');
    await expect.poll(async () => (await node.admin.order('flip', ORDER).catch((reason: Error) => reason.message)), DEADLINE).toMatchObject({ active: 'failover' });
    expect(commandOf(stopped)).toBe('');
    expect(pidOf(1)).not.toBe(stopped);
    await node.admin.order('resume', ORDER);
    await Promise.all(clients.map((client, index) => write(client, `new-${index}`)));
    expect(await readValues(onMain, STORED)).toEqual([]);
    expect(await readValues(onFailover, STORED)).toHaveLength(6);
  }, 120_000);

  test('does not keep the node from ending', async () => {
    await start(2);
    const pids = [...node.workers().values()];
    process.kill(pidOf(1), 'SIGSTOP');
    process.kill(node.pid, 'SIGTERM');
    expect(await node.ended).toBe(0);
    for (const pid of pids) expect(commandOf(pid)).toBe('');
  }, 120_000);
});

test('workers end with their primary, at once: nobody serves without somebody who tells of a switch', async () => {
  await start();
  const [client] = (await connected(3)) as [KafkaClient];
  const pids = [...node.workers().values()];
  expect(pids.map(commandOf).sort()).toEqual([1, 2, 3].map((worker) => expect.stringContaining(`gateway --node gateway1 --worker ${worker}`) as string));
  process.kill(node.pid, 'SIGKILL');
  expect(await node.ended).toBe('SIGKILL');
  await expect.poll(() => pids.map(commandOf), DEADLINE).toEqual(['', '', '']);
  await expect(write(client, 'to nobody', 2000)).rejects.toThrow();
}, 120_000);

test('a worker cannot be started by hand', async () => {
  await start(1);
  const { execa } = await import('execa');
  const { exitCode, stderr } = await execa(process.execPath, [new URL('../../../bin/gwctl.js', import.meta.url).pathname, 'gateway', '--node', 'gateway1', '--worker', '1'], { reject: false });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--worker is for the workers that a gateway node starts by itself') as string });
  expect(node.workers().size).toBe(0);
  expect(await node.metrics()).toContain('gwctl_gateway_connections 0');
});
