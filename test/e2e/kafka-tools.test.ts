import { afterAll, beforeAll, expect, test } from 'vitest';
import { findMappingProblems } from '../../src/drill/judge-mapping.ts';
import { bootstrapOf as bootstrapOfCluster, clusterNamed } from '../../src/topology/lookup.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { runTool } from '../support/kafka-tools.ts';
import { readValues } from '../support/read-values.ts';
import { bootstrapOf, clientOn, issueToken, writeProperties } from '../support/service-account.ts';

let environment: TestEnvironment;
/** The seed's teamA-sa.properties, for each node. */
let properties: { readonly gateway1: string; readonly gateway2: string };

beforeAll(async () => {
  environment = await startEnvironment();
  const token = await issueToken(environment, 'gateway1', 'teamA');
  const [gateway1, gateway2] = await Promise.all(['gateway1', 'gateway2'].map((name) => writeProperties(environment, name, token)));
  properties = { gateway1: gateway1 ?? '', gateway2: gateway2 ?? '' };
});
afterAll(async () => await environment?.dispose());

/** An admin tool through a node, as teamA. */
async function admin(tool: string, gateway: 'gateway1' | 'gateway2', ...args: readonly string[]) {
  return await runTool(environment, tool, ['--bootstrap-server', bootstrapOf(environment.topology, gateway), '--command-config', properties[gateway], ...args]);
}

const onCluster = (name: string): readonly string[] => ['--bootstrap-server', bootstrapOfCluster(clusterNamed(environment.topology, name))];

/** Again until it says so, or the test's deadline ends it. */
async function awaitLine(run: () => Promise<{ readonly lines: readonly string[]; readonly stderr: string }>, wanted: string): Promise<readonly string[]> {
  let seen: readonly string[] = [];
  await expect.poll(async () => (seen = (await run()).lines), { timeout: 60_000, interval: 100 }).toContain(wanted);
  return seen;
}

test('a topic that is created through one node is listed and described through the other, under its virtual name only', async () => {
  const created = await admin('kafka-topics', 'gateway1', '--replication-factor', '1', '--partitions', '1', '--create', '--if-not-exists', '--topic', 'users');
  expect(created, created.stderr).toMatchObject({ exitCode: 0, lines: ['Created topic users.'] });
  expect((await admin('kafka-topics', 'gateway2', '--list')).lines).toEqual(['users']);
  const described = await admin('kafka-topics', 'gateway2', '--describe', '--topic', 'users');
  expect(described.lines).toHaveLength(2);
  expect(described.lines[0]).toMatch(/^Topic: users\t(TopicId: \S+\s+)?PartitionCount: 1\tReplicationFactor: 1\t/);
  const [partition] = /Leader: [123]\tReplicas: [123]\tIsr: [123]/.exec(described.lines[1] ?? '') ?? [];
  expect(partition).toBeDefined();
});

test('to create it again is refused, and the broker\'s message says the client\'s name for it', async () => {
  const again = await admin('kafka-topics', 'gateway1', '--partitions', '1', '--create', '--topic', 'users');
  expect(again.exitCode).not.toBe(0);
  expect(again.stdout + again.stderr).toContain("Topic 'users' already exists.");
  expect(again.stdout + again.stderr).not.toContain('teamA');
});

test('records written through one node are read by a group through the other, and the group shows what it read', async () => {
  for (const record of ['{"name":"tom"}', '{"name":"florent"}']) {
    const args = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway1'), '--producer.config', properties.gateway1, '--topic', 'users'];
    const written = await runTool(environment, 'kafka-console-producer', args, `${record}\n`);
    expect(written.exitCode, written.stderr).toBe(0);
    expect(written.stderr).not.toMatch(/ERROR|WARN /);
  }
  const args = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway2'), '--consumer.config', properties.gateway2, '--topic', 'users'];
  const read = await runTool(environment, 'kafka-console-consumer', [...args, '--group', 'readers', '--from-beginning', '--max-messages', '2']);
  expect(read.lines.slice(-2), read.stderr).toEqual(['{"name":"tom"}', '{"name":"florent"}']);

  expect((await admin('kafka-consumer-groups', 'gateway1', '--list')).lines).toEqual(['readers']);
  const described = await admin('kafka-consumer-groups', 'gateway1', '--describe', '--group', 'readers');
  expect(described.lines.at(-1)?.split(/\s+/).slice(0, 6)).toEqual(['readers', 'users', '0', '2', '2', '0']);
  expect((await runTool(environment, 'kafka-consumer-groups', [...onCluster('main'), '--list'])).lines).toContain('teamAreaders');
});

test('kafka-get-offsets and kafka-configs show and change the topic, and nobody else\'s', async () => {
  expect((await admin('kafka-get-offsets', 'gateway2')).lines).toEqual(['users:0:2']);
  const altered = await admin('kafka-configs', 'gateway2', '--alter', '--topic', 'users', '--add-config', 'retention.ms=3600000');
  expect(altered.lines).toEqual(['Completed updating config for topic users.']);
  const described = await admin('kafka-configs', 'gateway1', '--describe', '--topic', 'users');
  expect(described.stdout).toMatch(/retention\.ms=3600000 sensitive=false/);
  const onMain = await runTool(environment, 'kafka-configs', [...onCluster('main'), '--describe', '--topic', 'teamAusers']);
  expect(onMain.stdout).toMatch(/retention\.ms=3600000 sensitive=false/);
  const foreign = await admin('kafka-configs', 'gateway1', '--describe', '--topic', '_topicMappings');
  expect(foreign.stdout + foreign.stderr).not.toContain('cleanup.policy');
});

test('both clusters list what the seed\'s do, and the failover cluster gets the records and the mapping in the seed\'s shape', async () => {
  const onMain = await runTool(environment, 'kafka-topics', [...onCluster('main'), '--list']);
  expect(onMain.lines).toEqual(expect.arrayContaining([
    '__consumer_offsets', '_acls', '_auditLogs', '_topicMappings', 'heartbeats', 'mm2-configs.failover.internal', 'mm2-offsets.failover.internal', 'mm2-status.failover.internal', 'teamAusers',
  ]));
  expect(onMain.lines).not.toContain('users');
  const onFailover = await awaitLine(() => runTool(environment, 'kafka-topics', [...onCluster('failover'), '--list']), 'teamAusers');
  expect(onFailover).toEqual(expect.arrayContaining([
    'main.checkpoints.internal', 'main.heartbeats', '__consumer_offsets', '_acls', '_auditLogs', '_topicMappings', 'heartbeats', 'mm2-configs.main.internal', 'mm2-offsets.main.internal', 'mm2-status.main.internal', 'teamAusers',
  ]));
  expect(onFailover).not.toContain('users');
  const [mapping, users] = await Promise.all([
    runTool(environment, 'kafka-console-consumer', [...onCluster('failover'), '--topic', '_topicMappings', '--from-beginning', '--max-messages', '1', '--timeout-ms', '30000']),
    runTool(environment, 'kafka-console-consumer', [...onCluster('failover'), '--topic', 'teamAusers', '--from-beginning', '--max-messages', '2', '--timeout-ms', '30000']),
  ]);
  const record: unknown = JSON.parse(mapping.lines.find((line) => line.startsWith('{')) ?? '{}');
  expect(findMappingProblems(record, { topic: 'users', physical: 'teamAusers', partitions: 1, replicationFactor: 1, clusters: ['main'] })).toEqual([]);
  expect(findMappingProblems(record, { topic: 'users', physical: 'users', clusters: ['main'] })).not.toEqual([]);
  expect(users.lines.filter((line) => line.startsWith('{'))).toEqual(['{"name":"tom"}', '{"name":"florent"}']);
});

test('100,000 records of 1 KiB go in through one node and come out through the other, without an error or a retry', async () => {
  const created = await admin('kafka-topics', 'gateway1', '--create', '--topic', 'load', '--partitions', '3', '--replication-factor', '1');
  expect(created.exitCode, created.stderr).toBe(0);
  const produced = await runTool(environment, 'kafka-producer-perf-test', ['--topic', 'load', '--num-records', '100000', '--record-size', '1024', '--throughput', '-1', '--producer.config', properties.gateway1]);
  expect(produced.exitCode, produced.stderr).toBe(0);
  expect(produced.lines.at(-1)).toMatch(/^100000 records sent, /);
  expect(produced.stdout + produced.stderr).not.toMatch(/ERROR|WARN |Exception/);
  // An idempotent producer (the default) leaves each record once: offsets count no retries.
  const ends = (await admin('kafka-get-offsets', 'gateway2', '--topic', 'load')).lines.map((line) => Number(line.split(':')[2]));
  expect(ends.reduce((sum, end) => sum + end, 0)).toBe(100_000);
  const args = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway2'), '--consumer.config', properties.gateway2];
  const consumed = await runTool(environment, 'kafka-consumer-perf-test', [...args, '--topic', 'load', '--messages', '100000', '--group', 'perf']);
  expect(consumed.exitCode, consumed.stderr).toBe(0);
  expect(consumed.lines.at(-1)?.split(', ')[4]).toBe('100000');
});

test('a transactional producer commits its transactions through a node', async () => {
  const before = (await admin('kafka-get-offsets', 'gateway1', '--topic', 'users')).lines;
  expect(before).toEqual(['users:0:2']);
  const args = ['--topic', 'users', '--num-records', '1000', '--record-size', '100', '--throughput', '-1', '--producer.config', properties.gateway2];
  const produced = await runTool(environment, 'kafka-producer-perf-test', [...args, '--transactional-id', 'ledger', '--transaction-duration-ms', '50']);
  expect(produced.exitCode, produced.stderr).toBe(0);
  expect(produced.lines.at(-1)).toMatch(/^1000 records sent, /);
  expect(produced.stdout + produced.stderr).not.toMatch(/ERROR|WARN |Exception/);
  const consumer = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway1'), '--consumer.config', properties.gateway1, '--topic', 'users'];
  const committed = await runTool(environment, 'kafka-console-consumer', [...consumer, '--from-beginning', '--isolation-level', 'read_committed', '--max-messages', '1002', '--timeout-ms', '30000']);
  expect(committed.stdout + committed.stderr).toContain('Processed a total of 1002 messages');
  // Transaction markers have offsets, too.
  const [end = ''] = (await admin('kafka-get-offsets', 'gateway1', '--topic', 'users')).lines;
  expect(Number(end.split(':')[2])).toBeGreaterThan(1002);
});

test('a topic that is deleted through one node is gone from the other and from the cluster', async () => {
  const deleted = await admin('kafka-topics', 'gateway2', '--delete', '--topic', 'load');
  expect(deleted.exitCode, deleted.stderr).toBe(0);
  await expect.poll(async () => (await admin('kafka-topics', 'gateway1', '--list')).lines, { timeout: 30_000 }).toEqual(['users']);
  expect((await runTool(environment, 'kafka-topics', [...onCluster('main'), '--list'])).lines).not.toContain('teamAload');
});

test('a mapping that was written by hand is used: what a client calls orders is stored in a topic of another name', async () => {
  const main = clientOn(environment, 'main');
  try {
    const [created] = await main.createTopics([{ name: 'legacy.orders', partitions: 1, replicationFactor: 1 }]);
    expect(created?.errorCode).toBe(0);
    const mapping = {
      clusterId: 'main', name: 'legacy.orders', isConcentrated: false, compactedName: 'legacy.orders', isCompacted: false, compactedAndDeletedName: 'legacy.orders', isCompactedAndDeleted: false,
      createdAt: [2023, 9, 19, 7, 10, 48, 0], isDeleted: false, configuration: { numPartitions: 1, replicationFactor: 1, properties: {} }, isVirtual: false,
    };
    await main.produce('_topicMappings', 0, [{ key: Buffer.from('billing'), value: Buffer.from(JSON.stringify({ orders: mapping })) }], { acks: -1 });
    const file = await writeProperties(environment, 'gateway2', await issueToken(environment, 'gateway2', 'billing', 'biller'), 'biller');
    const bootstrap = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway2')];
    await expect.poll(async () => (await runTool(environment, 'kafka-topics', [...bootstrap, '--command-config', file, '--list'])).lines, { timeout: 30_000 }).toEqual(['orders']);
    const written = await runTool(environment, 'kafka-console-producer', [...bootstrap, '--producer.config', file, '--topic', 'orders'], 'order 1\n');
    expect(written.exitCode, written.stderr).toBe(0);
    expect(await readValues(main, 'legacy.orders')).toEqual(['order 1']);
    expect((await main.metadata()).topics.map(({ name }) => name)).not.toContain('billingorders');
  } finally {
    main.close();
  }
});
