import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import { LATEST } from '../../../src/client/list-offsets.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { encodeRecordBatch } from '../../../src/wire/encode-record-batch.ts';
import { ERROR } from '../../../src/wire/error-codes.ts';
import { describeProducersApi } from '../../../src/wire/generated/describe-producers.ts';
import { initProducerIdApi } from '../../../src/wire/generated/init-producer-id.ts';
import { produceApi } from '../../../src/wire/generated/produce.ts';
import { commitSwitch, forgetSwitches } from '../../support/decide-switch.ts';
import { startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

const TOPIC = 'orders';
const STORED = `teamA${TOPIC}`;
const INTERNAL = ['_topicMappings', '_virtualClusters', '_acls'];

let main: KafkaBroker;
let failover: KafkaBroker;
let onMain: KafkaClient;
let onFailover: KafkaClient;
let node: WorkerNode;

beforeAll(async () => {
  [main, failover] = await Promise.all([startKafkaBroker('4.3.1'), startKafkaBroker('4.3.1')]);
  [onMain, onFailover] = [main, failover].map((broker) => openKafkaClient({ bootstrap: [broker], clientId: 'test', requestTimeoutMs: 30_000 })) as [KafkaClient, KafkaClient];
  await Promise.all([onMain, onFailover].map((client) => client.metadata([], { timeoutMs: 150_000 })));
  await onFailover.createTopics(INTERNAL.map((name) => ({ name, partitions: 1, replicationFactor: 1, configs: { 'cleanup.policy': 'compact' } })));
  for (const client of [onMain, onFailover]) await client.createTopics([{ name: STORED, partitions: 1, replicationFactor: 1 }]);
}, 180_000);
afterAll(async () => {
  onMain?.close();
  onFailover?.close();
  await Promise.all([main?.stop(), failover?.stop()]);
});
afterEach(() => node?.dispose(), 60_000);

async function switchTo(to: 'main' | 'failover', generation: number): Promise<void> {
  const order: SwitchOrder = { runId: `run-${generation}`, generation, to, leaseMs: 60_000, timeoutMs: 5000 };
  await node.admin.prepare(order);
  await node.admin.drainGroups({ ...order, timeoutMs: 100 });
  await node.admin.order('pause', order);
  await node.admin.order('drain', order);
  await commitSwitch(to === 'main' ? onMain : onFailover, order);
  await node.admin.order('flip', order);
  await node.admin.order('resume', order);
}

/**
 * An idempotent producer that lives through main -> failover -> main. Answers with the error code of each of its writes. `disturb` comes behind the first one on
 * each cluster, and before the last one is repeated; what it answers with is the node from there on.
 */
async function writeThere(env: Readonly<Record<string, string>>, workers: number, disturb = async (): Promise<WorkerNode> => node): Promise<readonly number[]> {
  await forgetSwitches([onMain, onFailover]);
  node = await startWorkerNode(main, failover, workers, env);
  const token = await node.admin.issueToken('teamA', 'sa', 3600);
  let client = node.open(token);
  const upset = async (): Promise<void> => {
    const before = node;
    node = await disturb();
    if (node !== before) client = node.open(token);
  };
  const { producerId, producerEpoch } = await client.send({ kind: 'any' }, initProducerIdApi, { transactionalId: null, transactionTimeoutMs: 60_000 });
  let baseSequence = 0;
  const write = async (value: string): Promise<number> => {
    const records = encodeRecordBatch([{ key: null, value: Buffer.from(value), timestamp: 1n }], { producerId, producerEpoch, baseSequence });
    const answer = await client.send({ kind: 'leader', topic: TOPIC, partition: 0 }, produceApi, { acks: -1, timeoutMs: 5000, transactionalId: null, topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }] });
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode ?? -1;
    if (errorCode === ERROR.NONE) baseSequence++;
    return errorCode;
  };
  const codes: number[] = [];
  for (const [index, to] of (['main', 'failover', 'main'] as const).entries()) {
    if (index > 0) await switchTo(to, index + 1);
    for (let nth = 0; nth < 3; nth++) {
      codes.push(await write(`${index}/${nth}`));
      if (nth === 0 && index > 0) await upset();
    }
  }
  await upset();
  // The last one again, as a client does that has lost its answer: it is written once all the same.
  baseSequence--;
  codes.push(await write('2/2'));
  return codes;
}

test.each([{ workers: 1 }, { workers: 2 }])('an idempotent producer that lives through a switch and the way back goes on, and a repeated write is still written once ($workers workers)', async ({ workers }) => {
  const before = await onMainCount();
  expect(await writeThere({}, workers)).toEqual(Array.from({ length: 10 }, () => ERROR.NONE));
  expect(await onMainCount()).toBe(before + 6n);
}, 180_000);

/** Another one in its place, that has nothing but what the clusters know. */
async function replaceNode(env: Readonly<Record<string, string>> = {}): Promise<WorkerNode> {
  await node.dispose();
  return await startWorkerNode(main, failover, 1, env);
}

/** Not a third time in a row: the node would give up. */
async function killWorkers(): Promise<WorkerNode> {
  const before = node.workers();
  for (const pid of before.values()) process.kill(pid, 'SIGKILL');
  await expect.poll(() => [...node.workers()].every(([number, pid]) => pid !== before.get(number)), { timeout: 60_000, interval: 50 }).toBe(true);
  return node;
}

test.each([
  { name: 'its node is another one each time, which has nothing but what the clusters know', workers: 1, times: 3, disturb: () => replaceNode() },
  { name: 'all workers are killed, twice on the cluster that was come back to', workers: 2, times: 2, disturb: killWorkers },
])('such a producer goes on, and a repeated write is still written once, when $name', async ({ workers, times, disturb }) => {
  const before = await onMainCount();
  let turn = 0;
  expect(await writeThere({}, workers, async () => (++turn > 3 - times ? await disturb() : node))).toEqual(Array.from({ length: 10 }, () => ERROR.NONE));
  expect(await onMainCount()).toBe(before + 6n);
}, 240_000);

test('control: a node in its place that does not look at the ids refuses it', async () => {
  const env = { GWCTL_TEST_DISABLE: 'returned-producers' };
  let count = 0;
  const codes = await writeThere({}, 1, () => (++count < 2 ? Promise.resolve(node) : replaceNode(env)));
  expect(codes.slice(0, 7)).toEqual(Array.from({ length: 7 }, () => ERROR.NONE));
  expect(codes.slice(7)).toEqual(Array.from({ length: 3 }, () => ERROR.OUT_OF_ORDER_SEQUENCE_NUMBER));
}, 240_000);

test('a producer that begins on the cluster that was come back to keeps its id there, also when its node is another one', async () => {
  await forgetSwitches([onMain, onFailover]);
  node = await startWorkerNode(main, failover, 1);
  const token = await node.admin.issueToken('teamA', 'sa', 3600);
  await switchTo('failover', 2);
  await switchTo('main', 3);
  const { producerId, producerEpoch } = await node.open(token).send({ kind: 'any' }, initProducerIdApi, { transactionalId: null, transactionTimeoutMs: 60_000 });
  const write = async (): Promise<number | undefined> => {
    const records = encodeRecordBatch([{ key: null, value: Buffer.from('new'), timestamp: 1n }], { producerId, producerEpoch, baseSequence: 0 });
    const answer = await node.open(token).send({ kind: 'leader', topic: TOPIC, partition: 0 }, produceApi, { acks: -1, timeoutMs: 5000, transactionalId: null, topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }] });
    return answer.responses[0]?.partitionResponses[0]?.errorCode;
  };
  const before = await onMainCount();
  expect(await write()).toBe(ERROR.NONE);
  node = await replaceNode();
  expect(await write()).toBe(ERROR.NONE);
  expect(await onMainCount()).toBe(before + 1n);
  const { topics } = await onMain.send({ kind: 'leader', topic: STORED, partition: 0 }, describeProducersApi, { topics: [{ name: STORED, partitionIndexes: [0] }] });
  expect(topics[0]?.partitions[0]?.activeProducers.map((producer) => producer.producerId)).toContain(producerId);
}, 240_000);

test('control: under its own id the cluster that it comes back to refuses it', async () => {
  expect((await writeThere({ GWCTL_TEST_DISABLE: 'returned-producers' }, 1)).slice(6)).toEqual(Array.from({ length: 4 }, () => ERROR.OUT_OF_ORDER_SEQUENCE_NUMBER));
}, 180_000);

async function onMainCount(): Promise<bigint> {
  return (await onMain.listOffsets([{ topic: STORED, partition: 0, timestamp: LATEST }]))[0]?.offset ?? -1n;
}
