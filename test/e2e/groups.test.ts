import { Kafka } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KafkaClient } from '../../src/client/kafka-client.ts';
import { awaitReady } from '../support/await-ready.ts';
import { startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { firstValue, type ShownPosition } from '../support/group-positions.ts';
import { runHalted } from '../support/kill-lab.ts';
import { startLiveClients, type LiveClients } from '../support/live-clients.ts';
import { commitAs } from '../support/raw-commit.ts';
import { clientOn, clientThrough, issueToken, kafkaThrough } from '../support/service-account.ts';

const CONFIG = `clusters:
  main: { config: { log.cleaner.backoff.ms: "500" } }
  failover: { config: { log.cleaner.backoff.ms: "500" } }
`;
const DEADLINE = { timeout: 90_000, interval: 500 };
const FAR = 25_000;
const BATCH = 1000;
/** Every segment but the newest is cleaned as soon as the cleaner looks. */
const COMPACTED = { 'cleanup.policy': 'compact', 'segment.ms': '500', 'min.cleanable.dirty.ratio': '0.01', 'max.compaction.lag.ms': '1000', 'min.compaction.lag.ms': '0' };

let environment: TestEnvironment;
let through: KafkaClient;
let main: KafkaClient;
let failover: KafkaClient;
let live: LiveClients;

beforeAll(async () => {
  environment = await startEnvironment([], CONFIG);
  const token = await issueToken(environment, 'gateway1', 'teamA');
  through = clientThrough(environment, 'gateway1', token);
  main = clientOn(environment, 'main');
  failover = clientOn(environment, 'failover');
  await through.createTopics([
    ...['plain', 'empty', 'transactions', 'far', 'live', 'doomed'].map((name) => ({ name, partitions: 1, replicationFactor: 3 })),
    { name: 'compacted', partitions: 1, replicationFactor: 3, configs: COMPACTED },
  ]);
  await write('plain', 10);
  await write('doomed', 3);
  for (let written = 0; written < FAR; written += BATCH) await write('far', BATCH, written);
  await writeTransactions(token);
  await writeCompacted();
  live = await startLiveClients(kafkaThrough(environment, 'gateway1', token), 'live', 'live-group');
}, 300_000);
afterAll(async () => {
  await live?.stop();
  for (const client of [through, main, failover]) client?.close();
  await environment?.dispose();
});

async function write(topic: string, count: number, first = 0): Promise<void> {
  await through.produce(topic, 0, Array.from({ length: count }, (_, index) => ({ key: null, value: Buffer.from(`${topic} ${first + index}`) })));
}

/** Three transactions of two records; the one in the middle is aborted. */
async function writeTransactions(token: string): Promise<void> {
  const producer = kafkaThrough(environment, 'gateway2', token).producer({ transactionalId: 'groups-test', idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const [index, isCommitted] of [true, false, true].entries()) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'transactions', messages: [{ value: `transactions ${index}a` }, { value: `transactions ${index}b` }] });
    await (isCommitted ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
}

/** Keys are written again and again, in segments of their own, until main has fewer records than were written. */
async function writeCompacted(): Promise<void> {
  let written = 0;
  await vi.waitFor(async () => {
    for (const key of ['a', 'b', 'c', 'a']) await through.produce('compacted', 0, [{ key: Buffer.from(key), value: Buffer.from(`compacted ${written++}`) }]);
    const kept = await positionsOf(main, 'teamAcompacted');
    expect(written).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(written - 8);
  }, DEADLINE);
}

async function positionsOf(client: KafkaClient, topic: string): Promise<readonly bigint[]> {
  const offsets: bigint[] = [];
  const [start] = await client.listOffsets([{ topic, partition: 0, timestamp: -2n }]);
  for await (const { offset } of client.readRecords(topic, 0, start?.offset ?? 0n, { isolation: 'read_committed' })) offsets.push(offset);
  return offsets;
}

async function valuesFrom(client: KafkaClient, topic: string, offset: bigint): Promise<readonly string[]> {
  const [start] = await client.listOffsets([{ topic, partition: 0, timestamp: -2n }]);
  const values: string[] = [];
  const first = start?.offset ?? 0n;
  for await (const { value } of client.readRecords(topic, 0, offset > first ? offset : first, { isolation: 'read_committed' })) values.push(value?.toString('utf8') ?? '');
  return values;
}

/** The next record of a group: the first unread one that failover has. Its cleaner may have dropped some that a later record of the same key replaces. */
async function nextOnFailover(unread: readonly string[], topic: string): Promise<string | undefined> {
  const kept = new Set(await valuesFrom(failover, topic, 0n));
  return unread.find((value) => kept.has(value));
}

async function commit(group: string, topic: string, offset: bigint): Promise<void> {
  expect(await through.offsetCommit(group, [{ topic, partition: 0, offset }])).toEqual([{ topic, partition: 0, errorCode: 0 }]);
}

async function shown(...args: readonly string[]): Promise<{ readonly positions: readonly ShownPosition[]; readonly undoFile: string | null; readonly written: number | null }> {
  const { exitCode, stdout, stderr } = await environment.gwctl(['groups', '-o', 'json', ...args]);
  expect(exitCode, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof shown>>;
}

/** To the last record: `gwctl verify` lets a lag pass that the end of a switch waits for. */
async function awaitReplicated(): Promise<void> {
  await awaitReady(environment.gwctl, DEADLINE.timeout);
  await expect.poll(missingOnFailover, DEADLINE).toEqual([]);
}

/** Topics of the groups here, without the one that is written to all the time. */
async function missingOnFailover(): Promise<readonly string[]> {
  const { partitions } = JSON.parse((await environment.gwctl(['lag', '-o', 'json'])).stdout) as { readonly partitions: readonly { readonly topic: string; readonly lagRecords: number }[] };
  return partitions.filter(({ topic, lagRecords }) => topic.startsWith('teamA') && topic !== 'teamAlive' && lagRecords > 0).map(({ topic }) => topic);
}

/** Group -> topic and the offset that it has committed. */
const GROUPS: Record<string, { readonly topic: string; readonly offset: bigint }> = {};

async function commitAll(): Promise<void> {
  const compacted = await positionsOf(main, 'teamAcompacted');
  const inTheMiddle = compacted[Math.floor(compacted.length / 2)] ?? 0n;
  Object.assign(GROUPS, {
    'at-the-end': { topic: 'plain', offset: 10n },
    'one-before-the-end': { topic: 'plain', offset: 9n },
    'in-the-middle': { topic: 'plain', offset: 5n },
    'at-the-beginning': { topic: 'plain', offset: 0n },
    'on-nothing': { topic: 'empty', offset: 0n },
    'grüße 日本/1': { topic: 'plain', offset: 7n },
    'far-behind': { topic: 'far', offset: 10n },
    'far-behind-2': { topic: 'far', offset: 1234n },
    'in-transactions': { topic: 'transactions', offset: 1n },
    'in-an-aborted-one': { topic: 'transactions', offset: 4n },
    'behind-transactions': { topic: 'transactions', offset: 9n },
    'on-compacted': { topic: 'compacted', offset: inTheMiddle + 1n },
    'on-compacted-end': { topic: 'compacted', offset: (compacted.at(-1) ?? 0n) + 1n },
    'of-the-doomed': { topic: 'doomed', offset: 2n },
  });
  for (const [group, { topic, offset }] of Object.entries(GROUPS)) await commit(group, topic, offset);
}

test('the preview says under load where each group would go on, and is right', async () => {
  await commitAll();
  await awaitReplicated();
  const { positions } = await shown();
  const of = new Map(positions.map((position) => [position.group, position]));
  for (const [group, { topic, offset }] of Object.entries(GROUPS)) {
    const position = of.get(`teamA${group}`);
    expect(position, group).toMatchObject({ topic: `teamA${topic}`, offset: Number(offset), basis: 'exact', rereads: 0 });
    const there = await firstValue(failover, `teamA${topic}`, 0, BigInt(position?.resumesAt ?? -1));
    expect(there, group).toBe(await nextOnFailover(await valuesFrom(main, `teamA${topic}`, offset), `teamA${topic}`));
  }
  // MirrorMaker alone would not have done it: there is something to move.
  expect(positions.filter(({ standing }) => standing.kind === 'rereads' || standing.kind === 'none').length).toBeGreaterThan(0);
  const table = await environment.gwctl(['groups', '--group', 'teamAin-the-middle']);
  expect(table.stdout).toMatch(/group +topic +partition +main +failover has +so it +resumes at +re-reads +basis\nteamAin-the-middle +teamAplain +0 +5 .*exact\n1 group, 1 position: 1 exact, 0 not; 0 records are skipped/);
});

test('it is right for a group that moves while it is looked at', async () => {
  for (let look = 0; look < 5; look++) {
    const { positions } = await shown('--group', 'teamAlive-group');
    for (const { offset, resumesAt, rereads, basis } of positions) {
      if (basis !== 'exact') expect(rereads).toBeGreaterThan(0);
      const [here, there] = await Promise.all([firstValue(main, 'teamAlive', 0, BigInt(offset)), firstValue(failover, 'teamAlive', 0, BigInt(resumesAt ?? -1))]);
      if (basis === 'exact' && here !== undefined && there !== undefined) expect(there).toBe(here);
    }
  }
});

/** Kafka itself reads such bytes as U+FFFD: the group has that name from then on, and under that name it goes on. */
test('a group id that is no UTF-8 crashes nobody, and the group goes on under the name that brokers give it', async () => {
  const bytes = Buffer.from([0x67, 0xff, 0xfe, 0x2d, 0x80, 0xc3, 0x28, 0x67]);
  await commitAs(bytes, main, 'teamAplain', 8n);
  const { positions } = await shown('--group', bytes.toString('utf8'));
  expect(positions).toMatchObject([{ topic: 'teamAplain', offset: 8, basis: 'exact' }]);
  expect(await firstValue(failover, 'teamAplain', 0, BigInt(positions[0]?.resumesAt ?? -1))).toBe('plain 8');
  expect((await shown('--apply', '--group', bytes.toString('utf8'))).positions).toHaveLength(1);
  expect((await main.listGroups()).map(({ groupId }) => groupId)).toContain(bytes.toString('utf8'));
  expect(await committedOn(failover, bytes.toString('utf8'))).toHaveLength(1);
});

interface Verdict {
  readonly checks: readonly { readonly id: string; readonly status: string; readonly evidence: string }[];
}

async function checked(id: string): Promise<string> {
  const { stdout } = await environment.gwctl(['verify', '--to', 'failover', '-o', 'json']);
  const found = (JSON.parse(stdout) as Verdict).checks.find((check) => check.id === id);
  return `${found?.status ?? '?'}: ${found?.evidence ?? '?'}`;
}

describe('the checks see what is really there', () => {
  test('client software, clocks, and groups', async () => {
    expect(await checked('client-survival')).toMatch(/^pass: \d+ connections? of a client that does not say what it is \(goes on\)/);
    expect(await checked('clock-skew')).toBe('pass: 4 clocks, no difference');
    expect(await checked('groups-have-offsets')).toMatch(/^(pass: \d+ groups?, \d+ positions?, all of them on failover|warn: \d+ of \d+ positions? of groups are not on failover)/);
  });

  test('a topic that takes less on the target', async () => {
    expect(await checked('message-sizes')).toMatch(/^pass: \d+ topics, at least \d+ bytes on failover/);
    // A broker learns of it a moment after the controller has said yes; and MirrorMaker, which keeps the settings of both sides equal, may take it back.
    const lessened = async (): Promise<string> => {
      await failover.incrementalAlterConfigs([{ type: 'topic', name: 'teamAdoomed', set: { 'max.message.bytes': '1000' } }]);
      return await checked('message-sizes');
    };
    await expect.poll(lessened, DEADLINE).toMatch(/^fail: smaller on failover: teamAdoomed: 1000 bytes \(on main: \d+\)/);
    await failover.incrementalAlterConfigs([{ type: 'topic', name: 'teamAdoomed', delete: ['max.message.bytes'] }]);
    await expect.poll(() => checked('message-sizes'), DEADLINE).toMatch(/^pass/);
  });

  test('a record that came through no node', async () => {
    expect(await checked('bypassing-producers')).toMatch(/^pass: the last records of \d+ partitions?/);
    await main.produce('teamAdoomed', 0, [{ key: null, value: Buffer.from('past the gateways') }]);
    expect(await checked('bypassing-producers')).toMatch(/^warn: the last records of 1 partition of main were acknowledged by no node: teamAdoomed-0: 1$/);
    await write('doomed', 1, 3);
    expect(await checked('bypassing-producers')).toMatch(/^pass/);
  });

  test('an open transaction of a producer that bypasses the gateways', async () => {
    const kafka = new Kafka({ brokers: brokersOf('main'), logLevel: 0 });
    const producer = kafka.producer({ transactionalId: 'past-the-gateway', idempotent: true, maxInFlightRequests: 1, transactionTimeout: 120_000 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'teamAdoomed', messages: [{ value: 'open' }] });
    await expect.poll(() => checked('active-transactions'), DEADLINE).toMatch(/^pass: 1 open, the oldest for [5-9] s|^pass: 1 open, the oldest for 1\d s|^warn: open for longer than 20 s: past-the-gateway \(producer \d+\)/);
    await transaction.abort();
    await producer.disconnect();
    expect(await checked('active-transactions')).toBe('pass: none is open for longer than 5 s');
  });

  test('a task that copies back, as Connect says it', async () => {
    expect(await checked('both-directions')).toBe('pass: nothing replicates failover->main');
    const topic = 'mm2-status.failover.internal';
    const key = Buffer.from('status-task-MirrorSourceConnector-0');
    await main.produce(topic, 0, [{ key, value: Buffer.from('{"state":"RUNNING","trace":null,"worker_id":"main->failover","generation":1}') }]);
    expect(await checked('both-directions')).toMatch(/^fail: MirrorSourceConnector-0 of failover->main is running, and so is main->failover/);
    await main.produce(topic, 0, [{ key, value: null }]);
    expect(await checked('both-directions')).toMatch(/^pass/);
  });
});

function brokersOf(cluster: string): string[] {
  return (environment.topology.clusters.find(({ name }) => name === cluster)?.brokers ?? []).map(({ host, port }) => `${host}:${port}`);
}

describe('--apply and --undo', () => {
  const group = 'never-synced';

  test('a group with members there is refused, and nothing is written', async () => {
    const kafka = new Kafka({ brokers: brokersOf('failover'), logLevel: 0 });
    await commit('bypasses', 'plain', 3n);
    const member = kafka.consumer({ groupId: 'teamAbypasses', sessionTimeout: 6000 });
    await member.connect();
    await member.subscribe({ topics: ['teamAplain'] });
    await member.run({ eachMessage: () => Promise.resolve() });
    try {
      await expect.poll(() => checked('consumers-on-target'), DEADLINE).toMatch(/^warn: 1 group has members on failover: teamAbypasses; teamAbypasses also on main/);
      await expect.poll(async () => (await environment.gwctl(['groups', '--apply', '--group', 'teamAbypasses'])).stderr, DEADLINE).toMatch(/error: nothing was written: 1 group has members on failover: teamAbypasses/);
    } finally {
      await member.disconnect();
    }
    expect(await through.deleteGroups(['bypasses'])).toEqual([0]);
  });

  test('writes what it shows, and takes it back', async () => {
    await commit(group, 'plain', 4n);
    const { undoFile, positions } = await shown('--apply', '--group', `teamA${group}`);
    const before = positions[0]?.onTarget ?? null;
    const resumesAt = positions[0]?.resumesAt ?? -1;
    expect(await committedOn(failover, `teamA${group}`)).toEqual([['teamAplain', BigInt(resumesAt)]]);
    expect(await firstValue(failover, 'teamAplain', 0, BigInt(resumesAt))).toBe('plain 4');
    if (undoFile === null) {
      expect(before).toBe(resumesAt); // MirrorMaker was quicker and had the same
      return;
    }
    const undone = await environment.gwctl(['groups', '--undo', undoFile, '-o', 'json']);
    expect(undone.exitCode, undone.stderr).toBe(0);
    const again = await environment.gwctl(['groups', '--undo', undoFile]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).toMatch(/put back [01] positions/);
  });

  test.each([
    { name: 'a file that is not there', args: ['--undo', 'nothing.json'], says: /nothing\.json cannot be read/ },
    { name: 'a file of something else', args: ['--undo', 'package.json'], says: /package\.json is not an undo file/ },
    { name: 'the active cluster', args: ['--to', 'main'], says: /main is active: its groups go on where they are/ },
    { name: 'a cluster that does not exist', args: ['--to', 'nowhere'], says: /no cluster named "nowhere"/ },
    { name: 'both at once', args: ['--undo', 'package.json', '--apply'], says: /--undo takes everything from its file/ },
  ])('refused: $name', async ({ args, says }) => {
    const { exitCode, stderr } = await environment.gwctl(['groups', ...args]);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toMatch(says);
  });
});

async function committedOn(client: KafkaClient, group: string): Promise<readonly (readonly [string, bigint])[]> {
  return (await client.offsetFetch(group)).map(({ topic, offset }) => [topic, offset] as const);
}

test('after a planned switch each group\'s first record is the one after its last committed one; a topic that is deleted meanwhile stops nobody, and one that is made is there', async () => {
  await awaitReplicated();
  const unread = new Map<string, readonly string[]>();
  // New groups at the last moment: MirrorMaker has not heard of them.
  for (const [group, { topic, offset }] of Object.entries({ 'late-end': { topic: 'plain', offset: 10n }, 'late-middle': { topic: 'plain', offset: 6n }, 'late-far': { topic: 'far', offset: 3n }, 'late-empty': { topic: 'empty', offset: 0n } })) {
    GROUPS[group] = { topic, offset };
    await commit(group, topic, offset);
  }
  for (const [group, { topic, offset }] of Object.entries(GROUPS)) unread.set(group, await valuesFrom(main, `teamA${topic}`, offset));

  // The replication is taken over already: a topic made before that is no news to the copier.
  const { exitCode, stdout, stderr } = await runHalted(environment, [], 'drain-groups', async () => {
    expect(await main.deleteTopics(['teamAdoomed'])).toMatchObject([{ errorCode: 0 }]);
    expect(await through.createTopics([{ name: 'late', partitions: 2, replicationFactor: 3, configs: { 'cleanup.policy': 'compact' } }])).toMatchObject([{ errorCode: 0 }]);
    for (const partition of [0, 1]) await through.produce('late', partition, [{ key: Buffer.from('k'), value: Buffer.from(`late ${partition}`) }]);
  });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stderr).toContain('made meanwhile, and copied from now on: teamAlate');
  expect(stderr).toContain('deleted on main meanwhile, and left as they are on failover: teamAdoomed');
  for (const partition of [0, 1]) expect(await firstValue(through, 'late', partition, 0n)).toBe(`late ${partition}`);
  process.stdout.write(`${stderr.split('\n').filter((line) => /position|group|switched/.test(line)).join('\n')}\n${stdout}`);

  for (const [group, { topic }] of Object.entries(GROUPS)) {
    if (topic === 'doomed') continue;
    const [position] = await through.offsetFetch(group);
    if (position === undefined) throw new Error(`${group} has no offset on failover`);
    expect(await firstValue(through, topic, 0, position.offset), group).toBe(await nextOnFailover(unread.get(group) ?? [], `teamA${topic}`));
  }
  await live.stopProducing();
  await expect.poll(() => live.acknowledged.filter((value) => !live.seen.includes(value)), DEADLINE).toEqual([]);
  expect(live.seen.filter((value, index) => live.seen.indexOf(value) !== index)).toEqual([]);
  expect(live.errors).toEqual([]);
});
