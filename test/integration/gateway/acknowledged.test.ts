import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openKafkaClient, type KafkaClient } from '../../../src/client/kafka-client.ts';
import type { PartitionAcksReport } from '../../../src/shared/admin-api.ts';
import { startKafkaBroker, type KafkaBroker } from '../../support/kafka-broker.ts';
import { startWorkerNode, type WorkerNode } from '../../support/worker-node.ts';

const DEADLINE = { timeout: 60_000, interval: 50 };
let main: KafkaBroker;
let failover: KafkaBroker;
let onMain: KafkaClient;
let node: WorkerNode;

beforeAll(async () => {
  [main, failover] = await Promise.all([startKafkaBroker('4.3.1'), startKafkaBroker('4.3.1')]);
  onMain = openKafkaClient({ bootstrap: [main], clientId: 'test', requestTimeoutMs: 150_000 });
  await onMain.createTopics(['before', 'orders'].map((name) => ({ name: `teamA${name}`, partitions: 1, replicationFactor: 1 })));
  await onMain.produce('teamAbefore', 0, [{ key: null, value: Buffer.from('1') }, { key: null, value: Buffer.from('2') }]);
}, 180_000);
afterAll(async () => {
  onMain?.close();
  await Promise.all([main?.stop(), failover?.stop()]);
});
afterEach(() => node?.dispose(), 60_000);

async function partitionOf(topic: string): Promise<(PartitionAcksReport & { readonly gap: string | null }) | undefined> {
  const report = (await node.admin.acknowledged()).clusters.find(({ cluster }) => cluster === 'main');
  const partition = report?.partitions.find((one) => one.topic === topic);
  return partition === undefined ? undefined : { ...partition, gap: report?.gap ?? null };
}

test.each([1, 3])('a node with %i workers remembers every acknowledgement of all of them, and what may be missing from before', async (workers) => {
  node = await startWorkerNode(main, failover, workers);
  const token = await node.admin.issueToken('teamA', 'sa', 3600);
  await expect.poll(async () => (await partitionOf('teamAbefore'))?.gap, DEADLINE).toBeNull();
  expect(await partitionOf('teamAbefore')).toMatchObject({ unknownBelow: 2, runs: [] });
  const before = (await partitionOf('teamAorders'))?.unknownBelow ?? 0;
  const offsets: number[] = [];
  for (const client of Array.from({ length: 9 }, () => node.open(token))) offsets.push(Number(await client.produce('orders', 0, [{ key: null, value: Buffer.from('a') }, { key: null, value: Buffer.from('b') }])));
  const seen = await partitionOf('teamAorders');
  expect(seen).toMatchObject({ unknownBelow: before, gap: null });
  const covered = seen?.runs.flatMap(({ base, last }) => Array.from({ length: last - base + 1 }, (_, index) => base + index)) ?? [];
  expect(covered).toEqual(offsets.toSorted((a, b) => a - b).flatMap((offset) => [offset, offset + 1]));

  if (workers === 1) return;
  process.kill(node.workers().get(1) ?? 0, 'SIGKILL');
  await expect.poll(async () => (await partitionOf('teamAorders'))?.unknownBelow, DEADLINE).toBe(before + 18);
  expect((await partitionOf('teamAorders'))?.runs.reduce((sum, { records }) => sum + records, 0)).toBe(18);
}, 120_000);
