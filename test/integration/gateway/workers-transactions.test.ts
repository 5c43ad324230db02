import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { addPartitionsToTxnApi } from '../../../src/wire/generated/add-partitions-to-txn.ts';
import { endTxnApi } from '../../../src/wire/generated/end-txn.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import { startBrokerPair, type BrokerPair } from '../../support/broker-pair.ts';
import { commitSwitch, forgetSwitches } from '../../support/decide-switch.ts';
import type { KafkaBroker } from '../../support/kafka-broker.ts';
import { connectionsAt, startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

/** A transactional producer whose connection to its coordinator is in one worker, and those to its leaders in others. */
const DEADLINE = { timeout: 60_000, interval: 50 };
const TOPIC = 'orders';
const STORED = `teamA${TOPIC}`;
const ID = 'billing';
const COORDINATOR = { kind: 'transaction', transactionalId: ID } as const;

let pair: BrokerPair;
let main: KafkaBroker;
let failover: KafkaBroker;
let onMain: KafkaClient;
let onFailover: KafkaClient;
let node: WorkerNode;
let generation: number;
/** One client in each of the three workers; the first one talks to the coordinator. */
let clients: readonly [KafkaClient, KafkaClient, KafkaClient];
let producer: { readonly producerId: bigint; readonly producerEpoch: number };
let sequence: number;

beforeAll(async () => {
  pair = await startBrokerPair();
  ({ main, failover, onMain, onFailover } = pair);
}, 180_000);
afterAll(async () => await pair?.stop());
afterEach(() => node?.dispose(), 60_000);

async function start(env?: Readonly<Record<string, string>>): Promise<void> {
  await pair.renewTopic(STORED);
  await forgetSwitches([onMain, onFailover]);
  generation = 1;
  sequence = 0;
  node = await startWorkerNode(main, failover, 3, env);
  const token = await node.admin.issueToken('teamA', 'sa', 3600);
  clients = [node.open(token), node.open(token), node.open(token)];
  for (const client of clients) await client.metadata([]);
  await expect.poll(() => [...node.workers().values()].map((pid) => connectionsAt(pid, node.port)), DEADLINE).toEqual([1, 1, 1]);
  await expect.poll(async () => {
    const answer = await clients[0].send(COORDINATOR, initProducerIdApi, { transactionalId: ID, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 });
    producer = answer;
    return answer.errorCode;
  }, DEADLINE).toBe(0);
}

async function begin(): Promise<number | undefined> {
  const request = { ...addPartitionsToTxnApi.request, validVersions: [0, 3] as const };
  const response = { ...addPartitionsToTxnApi.response, validVersions: [0, 3] as const };
  const draft = { v3AndBelowTransactionalId: ID, v3AndBelowProducerId: producer.producerId, v3AndBelowProducerEpoch: producer.producerEpoch, v3AndBelowTopics: [{ name: TOPIC, partitions: [0] }] };
  const answer = await clients[0].send(COORDINATOR, { ...addPartitionsToTxnApi, request, response }, draft);
  return answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode;
}

/** As any client does when a coordinator is not there yet. */
async function begun(): Promise<void> {
  const COORDINATOR_BUSY = [14, 15, 16, 51];
  let errorCode = await begin();
  await expect.poll(async () => (COORDINATOR_BUSY.includes(errorCode ?? 0) ? (errorCode = await begin()) : errorCode), DEADLINE).toBe(0);
}

async function write(client: KafkaClient, value: string): Promise<string> {
  const batch = encodeRecordBatch([{ key: null, value: Buffer.from(value), timestamp: BigInt(Date.now()) }], { ...producerOf(), baseSequence: sequence++, isTransactional: true });
  return await client.produce(TOPIC, 0, batch, { acks: -1, transactionalId: ID }).then(() => 'written', (reason: Error) => reason.message);
}

function producerOf(): { readonly producerId: bigint; readonly producerEpoch: number } {
  const { producerId, producerEpoch } = producer;
  return { producerId, producerEpoch };
}

async function end(committed: boolean, client = clients[0]): Promise<number> {
  return (await client.send(COORDINATOR, endTxnApi, { transactionalId: ID, ...producerOf(), committed })).errorCode;
}

async function transact(...values: readonly string[]): Promise<void> {
  await begun();
  for (const [index, value] of values.entries()) expect(await write(clients[1 + (index % 2)] as KafkaClient, value)).toBe('written');
  expect(await end(true)).toBe(0);
}

async function switchTo(to: 'main' | 'failover', whileHeld: () => Promise<void> = async () => {}): Promise<void> {
  generation++;
  const order: SwitchOrder = { runId: `run-${generation}`, generation, to, leaseMs: 120_000, timeoutMs: 10_000 };
  await node.admin.prepare(order);
  await node.admin.order('pause', order);
  await Promise.all([whileHeld(), node.admin.order('drain', order)]);
  await commitSwitch(to === 'main' ? onMain : onFailover, order);
  await node.admin.order('flip', order);
  await node.admin.order('resume', order);
}

async function committed(client: KafkaClient): Promise<readonly string[]> {
  const values: string[] = [];
  for await (const { value } of client.readRecords(STORED, 0, 0n, { isolation: 'read_committed' })) values.push(String(value));
  return values;
}

test('goes on through a switch and back without an error', async () => {
  await start();
  await transact('a', 'b');
  await switchTo('failover');
  await transact('c', 'd');
  await transact('e');
  await switchTo('main');
  // This cluster knows it by an earlier epoch, and wants each partition's sequences to begin at 0: one of the two workers sees the first.
  await transact('f', 'g');
  await transact('h', 'i');
  await expect.poll(() => committed(onMain), DEADLINE).toEqual(['a', 'b', 'f', 'g', 'h', 'i']);
  await expect.poll(() => committed(onFailover), DEADLINE).toEqual(['c', 'd', 'e']);
  expect(node.noise).toEqual([]);
}, 120_000);

test('a transaction that is open when writes are held ends: its last record comes through another worker than it was opened through', async () => {
  await start();
  await transact('a');
  await begun();
  await switchTo('failover', async () => {
    expect(await write(clients[2], 'held')).toBe('written');
    expect(await end(true, clients[1])).toBe(0);
  });
  await transact('b');
  await expect.poll(() => committed(onMain), DEADLINE).toEqual(['a', 'held']);
  expect(await committed(onFailover)).toEqual(['b']);
}, 120_000);

test('one that does not end is aborted: whichever worker is asked says so, and none writes of it', async () => {
  await start();
  await begun();
  expect(await write(clients[1], 'never')).toBe('written');
  await switchTo('failover');
  for (const client of clients) expect(await write(client, 'never')).toContain('INVALID_PRODUCER_ID_MAPPING');
  expect(await end(true, clients[1])).not.toBe(0);
  expect(await end(false, clients[2])).toBe(0);
  await transact('next', 'and next');
  expect(await committed(onMain)).toEqual([]);
  await expect.poll(() => committed(onFailover), DEADLINE).toEqual(['next', 'and next']);
}, 120_000);

test('a worker that is replaced knows what the others know', async () => {
  await start();
  await switchTo('failover');
  await transact('a', 'b');
  const [killed, pid] = [...node.workers()].at(1) as [number, number];
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => node.workers().get(killed), DEADLINE).not.toBe(pid);
  for (const client of clients) await client.metadata([]);
  // Whose client that was connects again, to whichever worker's turn it is.
  await transact('c', 'd');
  await expect.poll(() => committed(onFailover), DEADLINE).toEqual(['a', 'b', 'c', 'd']);
}, 120_000);

test('control: workers that do not tell each other refuse it after the switch', async () => {
  await start({ GWCTL_TEST_DISABLE: 'share-producers' });
  await transact('a', 'b');
  await switchTo('failover');
  await begun();
  // The other word: each cluster counts its producer ids from 0, so the old one may be somebody else's there.
  expect(await write(clients[1], 'c')).toMatch(/INVALID_PRODUCER_(ID_MAPPING|EPOCH)/);
}, 120_000);
