import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { startBrokerPair, type BrokerPair } from '../../support/broker-pair.ts';
import { commitSwitch, forgetSwitches } from '../../support/decide-switch.ts';
import { startGroupMember } from '../../support/group-member.ts';
import type { KafkaBroker } from '../../support/kafka-broker.ts';
import { readValues } from '../../support/read-values.ts';
import { connectionsAt, startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

/** Groups whose members are in different workers, through a switch. The replica is made by hand while nothing is written: records and offsets. */
const DEADLINE = { timeout: 90_000, interval: 50 };
const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 120_000, timeoutMs: 15_000 };
const PARTITIONS = [0, 1] as const;
const BEFORE = 3000;
const AFTER = 20;
/** Seen by each member before the switch: it is in the middle of the topic then. */
const UNDER_WAY = 20;

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

/** Two workers in front of two topics of two partitions, of which main has the records. */
async function start(topic: string): Promise<void> {
  await Promise.all([onMain, onFailover].map((client) => client.createTopics([{ name: `teamA${topic}`, partitions: PARTITIONS.length, replicationFactor: 1 }])));
  await write(onMain, topic, 'before', BEFORE);
  await forgetSwitches([onMain, onFailover]);
  node = await startWorkerNode(main, failover, 2);
  token = await node.admin.issueToken('teamA', 'sa', 3600);
}

async function write(client: KafkaClient, topic: string, prefix: string, count: number): Promise<void> {
  for (const partition of PARTITIONS) {
    const BATCH = 10;
    for (let from = 0; from < count; from += BATCH) await client.produce(`teamA${topic}`, partition, Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => ({ key: null, value: Buffer.from(`${prefix}-${partition}-${from + index}`) })));
  }
}

/** Connections that each worker serves. */
function spread(): readonly number[] {
  return [...node.workers().values()].map((pid) => connectionsAt(pid, node.port));
}

/** Answers what the node says of the drain of its groups. */
async function switchOver(topic: string, group: string, isDrained: boolean): Promise<{ readonly members: number; readonly drained: number } | undefined> {
  await node.admin.prepare(ORDER);
  const report = isDrained ? await node.admin.drainGroups(ORDER) : undefined;
  await node.admin.order('pause', ORDER);
  await node.admin.order('drain', ORDER);
  const stored = await readValues(onMain, `teamA${topic}`);
  for (const partition of PARTITIONS) {
    const values = stored.filter((value) => value.startsWith(`before-${partition}-`));
    for (let from = 0; from < values.length; from += 500) await onFailover.produce(`teamA${topic}`, partition, values.slice(from, from + 500).map((value) => ({ key: null, value: Buffer.from(value) })));
  }
  const offsets = await onMain.offsetFetch(`teamA${group}`);
  await onFailover.offsetCommit(`teamA${group}`, offsets.map(({ topic: name, partition, offset }) => ({ topic: name, partition, offset })));
  await commitSwitch(onFailover, ORDER);
  await node.admin.order('flip', ORDER);
  await node.admin.order('resume', ORDER);
  await write(onFailover, topic, 'after', AFTER);
  return report && { members: report.members, drained: report.drained };
}

function expected(): readonly string[] {
  return PARTITIONS.flatMap((partition) => [['before', BEFORE] as const, ['after', AFTER] as const].flatMap(([prefix, count]) => Array.from({ length: count }, (_, index) => `${prefix}-${partition}-${index}`))).sort();
}

describe('a group with a member in each worker', () => {
  test('of KIP-848: the drain counts both, and nothing is lost or read twice', async () => {
    await start('next');
    const clients = [node.open(token), node.open(token)];
    for (const client of clients) await client.metadata([]);
    expect(spread()).toEqual([1, 1]);
    await Promise.all([onMain, onFailover].map((client) => client.findCoordinator('group', 'teamAg-next')));
    const members = clients.map((client) => startGroupMember(client, 'g-next', 'next'));
    try {
      await expect.poll(() => members.map(({ owned, seen }) => owned.size === 1 && seen.length > UNDER_WAY), DEADLINE).toEqual([true, true]);
      expect(await switchOver('next', 'g-next', true)).toEqual({ members: 2, drained: 2 });
      expect(members.flatMap(({ seen }) => seen).length).toBeLessThan(2 * BEFORE);
      await expect.poll(() => new Set(members.flatMap(({ seen }) => seen)).size, DEADLINE).toBe(expected().length);
      expect(members.flatMap(({ errors }) => errors)).toEqual([]);
      expect(members.flatMap(({ seen }) => seen).sort()).toEqual(expected());
    } finally {
      await Promise.all(members.map((member) => member.stop()));
    }
  }, 240_000);

  test.each([
    { name: 'classic: the drain counts both, and nothing is lost or read twice', topic: 'classic', isDrained: true },
    { name: 'control: without the drain records are read twice', topic: 'undrained', isDrained: false },
  ])('$name', async ({ topic, isDrained }) => {
    await start(topic);
    const seen: string[][] = [[], []];
    const consumers: Consumer[] = [];
    const errors: string[] = [];
    try {
      for (const [index, values] of seen.entries()) {
        // kafkajs opens two connections, of which it uses the second one: with one more between, the second consumer's is in the other worker.
        if (index === 1) await node.open(token).metadata([]);
        const kafka = new Kafka({ brokers: [`127.0.0.1:${node.port}`], logLevel: logLevel.NOTHING, sasl: { mechanism: 'plain', username: 'sa', password: token } });
        const consumer = kafka.consumer({ groupId: `g-${topic}`, maxWaitTimeInMs: 100, maxBytesPerPartition: 300, sessionTimeout: 10_000, heartbeatInterval: 200 });
        consumers.push(consumer);
        consumer.on('consumer.crash', ({ payload }) => void errors.push(payload.error.message));
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        // So rarely that what is not committed at the switch would be seen again.
        await consumer.run({ autoCommitInterval: 600_000, eachMessage: async ({ message }) => void values.push(String(message.value)) });
      }
      await expect.poll(() => seen.map((values) => values.length > UNDER_WAY), DEADLINE).toEqual([true, true]);
      expect(spread().toSorted()).toEqual([2, 3]);
      const report = await switchOver(topic, `g-${topic}`, isDrained);
      if (isDrained) expect(report).toEqual({ members: 2, drained: 2 });
      await expect.poll(() => new Set(seen.flat()).size, DEADLINE).toBe(expected().length);
      const repeated = seen.flat().length - expected().length;
      if (isDrained) expect(repeated).toBe(0);
      else expect(repeated).toBeGreaterThan(0);
      expect(errors).toEqual([]);
    } finally {
      await Promise.all(consumers.map((consumer) => consumer.disconnect()));
    }
  }, 240_000);
});
