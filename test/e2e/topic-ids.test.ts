import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LATEST } from '../../src/client/list-offsets.ts';
import { TopicIds } from '../../src/gateway/tenants/topic-ids.ts';
import { gatewayNamed } from '../../src/topology/lookup.ts';
import { ERROR } from '../../src/wire/error-codes.ts';
import { consumerGroupDescribeApi } from '../../src/wire/generated/consumer-group-describe.ts';
import { fetchApi } from '../../src/wire/generated/fetch.ts';
import { metadataApi } from '../../src/wire/generated/metadata.ts';
import { saslAuthenticateApi } from '../../src/wire/generated/sasl-authenticate.ts';
import { saslHandshakeApi } from '../../src/wire/generated/sasl-handshake.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { connectFrameClient, type FrameClient } from '../support/frame-peer.ts';
import { runTool } from '../support/kafka-tools.ts';
import { bootstrapOf, clientOn, clientThrough, issueToken, writeProperties } from '../support/service-account.ts';

/** Known before any node has told it. */
const USERS_ID = new TopicIds('teamA').idOf('users');
const NODES = ['gateway1', 'gateway2'] as const;

let environment: TestEnvironment;
let tokens: { readonly teamA: string; readonly teamB: string };
let properties: { readonly gateway1: string; readonly gateway2: string };
let member: Member;
/** The same through a node without D6. */
let control: Member;
const members: Member[] = [];

/** A console consumer in a KIP-848 group, that runs until the test is over or it gives up. */
interface Member {
  readonly process: ChildProcess;
  output: string;
  errors: string;
}

beforeAll(async () => {
  environment = await startEnvironment([], ONE_BROKER_EACH);
  const [teamA, teamB] = await Promise.all([issueToken(environment, 'gateway1', 'teamA'), issueToken(environment, 'gateway1', 'teamB')]);
  tokens = { teamA, teamB };
  const [gateway1, gateway2] = await Promise.all(NODES.map((name) => writeProperties(environment, name, teamA)));
  properties = { gateway1: gateway1 ?? '', gateway2: gateway2 ?? '' };
  for (const file of Object.values(properties)) await writeFile(`${file}.member`, `${await readFile(file, 'utf8')}group.protocol=consumer\nauto.commit.interval.ms=500\n`);
  const created = await admin('gateway1', '--create', '--topic', 'users', '--partitions', '2', '--replication-factor', '1');
  expect(created.exitCode, created.stderr).toBe(0);
});
afterAll(async () => {
  for (const { process } of members) process.kill('SIGKILL');
  await environment?.dispose();
});

async function admin(gateway: (typeof NODES)[number], ...args: readonly string[]) {
  return await runTool(environment, 'kafka-topics', ['--bootstrap-server', bootstrapOf(environment.topology, gateway), '--command-config', properties.gateway1, ...args]);
}

async function produce(...values: readonly string[]): Promise<void> {
  const args = ['--bootstrap-server', bootstrapOf(environment.topology, 'gateway1'), '--producer.config', properties.gateway1, '--topic', 'users'];
  const written = await runTool(environment, 'kafka-console-producer', args, values.map((value) => `${value}\n`).join(''));
  expect(written.exitCode, written.stderr).toBe(0);
  expect(written.stderr).not.toMatch(/ERROR|WARN /);
}

/** A raw connection to a node's port for broker `index`, logged in. */
async function connected(gateway: string, token: string, index = 0): Promise<FrameClient> {
  const client = await connectFrameClient(gatewayNamed(environment.topology, gateway).ports[index]?.port ?? 0);
  client.send(saslHandshakeApi, 1, 1, { mechanism: 'PLAIN' });
  await client.receive(saslHandshakeApi, 1);
  client.send(saslAuthenticateApi, 2, 2, { authBytes: Buffer.from(`\0sa\0${token}`) });
  expect((await client.receive(saslAuthenticateApi, 2)).body.errorCode).toBe(ERROR.NONE);
  return client;
}

async function describedId(gateway: (typeof NODES)[number]): Promise<string | undefined> {
  const described = await admin(gateway, '--describe', '--topic', 'users');
  return /TopicId: ([\w-]{22})\t/.exec(described.stdout)?.[1];
}

/** What the team's group looks like to Kafka 4's own way of describing it. */
async function describeGroup(): Promise<{ readonly state: string; readonly topicIds: readonly string[] }> {
  for (const index of [0, 1, 2]) {
    const client = await connected('gateway1', tokens.teamA, index);
    try {
      client.send(consumerGroupDescribeApi, 1, 3, { groupIds: ['members'] });
      const [group] = (await client.receive(consumerGroupDescribeApi, 1)).body.groups;
      if (group === undefined || group.errorCode === ERROR.NOT_COORDINATOR) continue;
      return { state: group.groupState, topicIds: group.members.flatMap(({ assignment }) => assignment.topicPartitions.map(({ topicId }) => topicId)) };
    } finally {
      client.close();
    }
  }
  return { state: 'no coordinator', topicIds: [] };
}

test('kafka-topics shows the same id through both nodes, and it is neither cluster\'s own', async () => {
  expect(await describedId('gateway1')).toBe(USERS_ID);
  expect(await describedId('gateway2')).toBe(USERS_ID);
  for (const name of ['main', 'failover']) {
    const cluster = clientOn(environment, name);
    try {
      await expect.poll(async () => (await cluster.metadata(['teamAusers'])).topics[0]?.errorCode, { timeout: 60_000 }).toBe(ERROR.NONE);
      expect((await cluster.metadata(['teamAusers'])).topics[0]?.topicId).not.toBe(USERS_ID);
    } finally {
      cluster.close();
    }
  }
});

test('another team that knows the id gets nothing by it: the same answer as for an id that does not exist', async () => {
  const client = await connected('gateway1', tokens.teamB);
  const nobodys = new TopicIds('teamA').idOf('no such topic');
  const topics = [USERS_ID, nobodys].map((topicId) => ({ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }));
  client.send(fetchApi, 17, 10, { maxWaitMs: 100, minBytes: 1, sessionEpoch: -1, topics });
  const fetched = await client.receive(fetchApi, 17);
  expect(fetched.body.responses.map(({ topicId, partitions }) => [topicId, partitions[0]?.errorCode])).toEqual([[USERS_ID, ERROR.UNKNOWN_TOPIC_ID], [nobodys, ERROR.UNKNOWN_TOPIC_ID]]);
  client.send(metadataApi, 12, 11, { topics: [{ topicId: USERS_ID, name: null }] });
  expect((await client.receive(metadataApi, 12)).body.topics).toMatchObject([{ errorCode: ERROR.UNKNOWN_TOPIC_ID, topicId: USERS_ID, name: null }]);
  client.close();
});

test('a member of a KIP-848 group reads, commits and is described, by virtual ids', async () => {
  await produce('one', 'two');
  member = join848('gateway1', 'members');
  await expectSeen(member, 'one', 'two');
  expect(await describeGroup()).toEqual({ state: 'Stable', topicIds: [USERS_ID] });
  await expectCommitted(2n);
});

test('a node that was killed and started again serves those who come with old ids', async () => {
  await restartWithout('gateway2', 'group-errors');
  const client = await connected('gateway2', tokens.teamA);
  client.send(metadataApi, 12, 10, { topics: [{ topicId: USERS_ID, name: null }] });
  expect((await client.receive(metadataApi, 12)).body.topics).toMatchObject([{ errorCode: ERROR.NONE, topicId: USERS_ID, name: 'users' }]);
  client.close();
  control = join848('gateway2', 'control');
  await expectSeen(control, 'one', 'two');
});

test('through a failover it goes on, with the same id: what was acknowledged after it is read, and its commits work', async () => {
  const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m']);
  expect(exitCode, stderr).toBe(0);
  await produce('three', 'four');
  await expectSeen(member, 'one', 'two', 'three', 'four');
  await expectCommitted(4n);
  expect(await describeGroup()).toEqual({ state: 'Stable', topicIds: [USERS_ID] });
  for (const gateway of NODES) expect(await describedId(gateway)).toBe(USERS_ID);
  expect(member.process.exitCode).toBeNull();
  // Automatic commits between the flip and the next heartbeat are the old member's: they fail, and must. Nothing else went wrong.
  const lines = member.errors.split('\n').filter((line) => / ERROR /.test(line) && !line.includes('OffsetCommit failed with UNKNOWN_MEMBER_ID'));
  expect(lines).toEqual([]);
  expect(member.errors).not.toMatch(/terminating|UnknownTopicId|IllegalState/);
});

test('without D6 the same consumer is dead: the group that it was in is unknown to the other cluster', async () => {
  await expect.poll(() => control.errors, { timeout: 60_000 }).toMatch(/GroupIdNotFoundException/);
  // What it had fetched before its next heartbeat it may have printed; then it ends.
  if (control.process.exitCode === null) await once(control.process, 'exit');
});

function join848(gateway: (typeof NODES)[number], group: string): Member {
  const args = ['--bootstrap-server', bootstrapOf(environment.topology, gateway), '--command-config', `${properties[gateway]}.member`, '--topic', 'users', '--group', group, '--from-beginning'];
  const process = spawn(join(environment.dir, 'bin', 'kafka-console-consumer'), args);
  const joined: Member = { process, output: '', errors: '' };
  process.stdout?.on('data', (chunk: Buffer) => (joined.output += chunk.toString()));
  process.stderr?.on('data', (chunk: Buffer) => (joined.errors += chunk.toString()));
  members.push(joined);
  return joined;
}

async function restartWithout(node: string, guards: string): Promise<void> {
  const file = join(environment.stateDir, 'restart.yaml');
  await writeFile(file, `version: 1\nname: restart\nsteps:\n  - { name: kill, fault: { kill: ${node} } }\n  - { name: start, fault: { start: ${node} } }\n`);
  const { exitCode, stderr } = await environment.gwctl(['drill', file], { env: { GWCTL_TEST_DISABLE: guards } });
  expect(exitCode, stderr).toBe(0);
}

/** Redelivery is not this test's: each value at least once. */
async function expectSeen(reader: Member, ...values: readonly string[]): Promise<void> {
  await expect.poll(() => [...new Set(reader.output.split('\n').filter((line) => line !== ''))].sort(), { timeout: 90_000, message: 'what the consumer printed' }).toEqual([...values].sort());
}

/** The records that the group's committed offsets leave behind them, on the cluster that is active. */
async function expectCommitted(records: bigint): Promise<void> {
  const client = clientThrough(environment, 'gateway1', tokens.teamA);
  try {
    const ends = await client.listOffsets([0, 1].map((partition) => ({ topic: 'users', partition, timestamp: LATEST })));
    await expect.poll(async () => {
      const committed = await client.offsetFetch('members');
      return ends.map(({ partition }) => committed.find((one) => one.partition === partition)?.offset ?? 0n);
    }, { timeout: 60_000 }).toEqual(ends.map(({ offset }) => offset));
    expect(ends.reduce((sum, { offset }) => sum + offset, 0n)).toBeGreaterThanOrEqual(records);
  } finally {
    client.close();
  }
}
