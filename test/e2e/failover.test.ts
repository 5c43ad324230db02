import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPidFile } from '../../src/adapters/runtime/pid-file.ts';
import type { RunEvent } from '../../src/engine/run-event.ts';
import { GATEWAY_NODE_FLAGS } from '../../src/gateway/v8-flags.ts';
import type { NodeState } from '../../src/shared/admin-api.ts';
import { awaitReady } from '../support/await-ready.ts';
import { openTransactions } from '../support/copy-lab.ts';
import { signalComponent } from '../support/component.ts';
import { startEnvironment, type GwctlResult, type TestEnvironment } from '../support/environment.ts';
import { startLiveClients, type LiveClients } from '../support/live-clients.ts';
import { readValues } from '../support/read-values.ts';
import { clientOn, clientThrough, issueToken, kafkaThrough, postAdmin, readNodeState } from '../support/service-account.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';
import { commandOf } from '../support/worker-node.ts';

/** One node of one process, and one of several. */
const CONFIG = 'failover:\n  pauseBudget: 5s\ngateways:\n  gateway1: { workers: 2 }\n  gateway2: {}\n';
const DEADLINE = { timeout: 60_000, interval: 200 };
/** A group of kafkajs may wait for several sessions of members that it forgot. */
const GROUP_DEADLINE = { timeout: 120_000, interval: 200 };

let environment: TestEnvironment;
let token: string;
let live: LiveClients;

beforeAll(async () => {
  environment = await startEnvironment([], CONFIG);
  token = await issueToken(environment, 'gateway1', 'teamA');
  const client = clientThrough(environment, 'gateway1', token);
  await client.createTopics([{ name: 'users', partitions: 1, replicationFactor: 3 }, { name: 'orders', partitions: 3, replicationFactor: 3 }]);
  client.close();
  live = await startLiveClients(kafkaThrough(environment, 'gateway1', token), 'orders', 'billing');
});
afterAll(async () => {
  await live?.stop();
  await environment?.dispose();
});

interface Verdict {
  readonly ready: boolean;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly evidence: string }[];
}

interface Status {
  readonly active: string | null;
  readonly generation: number | null;
  readonly gateways: readonly NodeState[];
}

async function status(): Promise<Status> {
  const { exitCode, stdout, stderr } = await environment.gwctl(['status', '-o', 'json']);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Status;
}

async function nodes(): Promise<readonly string[]> {
  const states = await Promise.all(environment.topology.gateways.map(({ name }) => readNodeState(environment, name)));
  return states.map(({ node, active, generation, phase, run }) => `${node}: ${active} ${generation} ${phase}${run === null ? '' : ' in a run'}`);
}

const ON_MAIN = ['gateway1: main 1 serving', 'gateway2: main 1 serving'];

test('nodes and their workers run with the flags that keep their memory small', async () => {
  const pids = await Promise.all(['gateway1', 'gateway2'].map(async (name) => (await readPidFile(join(environment.dir, name, 'pid.json')))?.pid ?? 0));
  const workers = (await readFile(`/proc/${pids[0]}/task/${pids[0]}/children`, 'utf8')).trim().split(' ').map(Number);
  expect(workers).toHaveLength(2);
  for (const pid of [...pids, ...workers]) expect(commandOf(pid)).toContain(` ${GATEWAY_NODE_FLAGS.join(' ')} `);
});
/** Generation 2 was used up by the run that was given up. */
const ON_FAILOVER = ['gateway1: failover 3 serving', 'gateway2: failover 3 serving'];

async function failover(...flags: readonly string[]): Promise<GwctlResult> {
  return await environment.gwctl(['failover', '--to', 'failover', '--yes', '--wait', '1m', ...flags]);
}

async function runs(): Promise<readonly string[]> {
  return (await readdir(join(environment.dir, 'runs')).catch(() => [])).sort();
}

async function write(gateway: string, value: string): Promise<void> {
  const client = clientThrough(environment, gateway, token);
  await client.produce('users', 0, [{ key: null, value: Buffer.from(value) }], { acks: -1 }).finally(() => client.close());
}

async function usersOn(cluster: string): Promise<readonly string[]> {
  const client = clientOn(environment, cluster);
  return await readValues(client, 'teamAusers').finally(() => client.close());
}

test('verify passes once MirrorMaker has caught up, and says so as JSON, too', async () => {
  await write('gateway2', 'before');
  let seen: { readonly exitCode: number; readonly verdict: Verdict } | undefined;
  // A MirrorMaker task that starts again, because there are new topics, is a warning for a moment.
  await expect.poll(async () => {
    const { exitCode, stdout } = await environment.gwctl(['verify', '-o', 'json']);
    seen = { exitCode, verdict: JSON.parse(stdout) as Verdict };
    return seen.verdict.checks.filter(({ status: outcome }) => outcome !== 'pass');
  }, DEADLINE).toEqual([]);
  expect(seen).toMatchObject({ exitCode: 0, verdict: { ready: true, active: 'main', to: 'failover' } });
});

test.each([
  { name: '--dry-run prints the plan', args: ['--to', 'failover', '--dry-run'], exitCode: 0, says: /wait until the last record of every replicated partition of main is on failover/ },
  { name: 'a cluster that does not exist', args: ['--to', 'nowhere', '--yes'], exitCode: 2, says: /no cluster named "nowhere"/ },
  { name: 'the cluster that is active already', args: ['--to', 'main', '--yes'], exitCode: 0, says: /main is active already on every node: nothing to do/ },
  { name: 'JSON without --yes', args: ['--to', 'failover', '-o', 'json'], exitCode: 2, says: /-o json cannot ask for confirmation/ },
  { name: 'no terminal and no --yes', args: ['--to', 'failover'], exitCode: 2, says: /no terminal to ask for confirmation/ },
  { name: 'another cluster is active than expected', args: ['--to', 'failover', '--expect-active', 'failover', '--yes'], exitCode: 4, says: /main is active, expected failover/ },
])('$name: exit $exitCode, and nothing is changed', async ({ args, exitCode, says }) => {
  const result = await environment.gwctl(['failover', ...args]);
  expect(result.exitCode, result.stderr).toBe(exitCode);
  expect(result.stdout + result.stderr).toMatch(says);
  expect(await nodes()).toEqual(ON_MAIN);
  expect(await runs()).toEqual([]);
});

test('a wrong admin password: exit 2, and the hint says what to set', async () => {
  const file = join(environment.stateDir, 'wrong.yaml');
  await writeFile(file, `${environment.config}gateway:\n  admin:\n    password: env:WRONG_PASSWORD\n`);
  const { exitCode, stderr } = await environment.gwctl(['failover', '--config', file, '--to', 'failover', '--yes'], { env: { WRONG_PASSWORD: 'guess' } });
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(/gateway gateway1 refuses the admin user "admin": wrong admin user name or password/);
  expect(stderr).toMatch(/hint: set gateway\.admin in gwctl\.yaml/);
  expect(await nodes()).toEqual(ON_MAIN);
});

test('a node that is down: refused with its name, exit 3, and the other node is left alone', async () => {
  await signalComponent(environment, 'gateway2', 'SIGTERM');
  const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes']);
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(/error: not switched to failover, nothing was changed: gateways-agree: gateway2: .*ECONNREFUSED/);
  expect(await readNodeState(environment, 'gateway1')).toMatchObject({ active: 'main', generation: 1, phase: 'serving', run: null });
  expect(await runs()).toEqual([]);
  const again = await environment.gwctl(['up']);
  expect(again.exitCode, again.stderr).toBe(0);
  expect(await nodes()).toEqual(ON_MAIN);
});

test('a transaction past the gateways hides records: given up after the pause budget with exit 5, both nodes serve main, the producer has only waited, and MirrorMaker copies again', async () => {
  await awaitReady(environment.gwctl, DEADLINE.timeout);
  live.takeLongestSendMs();
  const main = clientOn(environment, 'main');
  const bypass = await openTransactions(main, 'bypass', 'teamAusers');
  try {
    await write('gateway2', 'not replicated');
    await bypass.write({ key: null, value: Buffer.from('hidden'), timestamp: 1n });
    const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes']);
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toMatch(/transactions that are open on main still hid records of teamAusers-0 after \d+ ms: given up before the switch, every node serves main again; writes were held, none was lost/);
    expect(stderr).toMatch(/MirrorMaker was started again/);
    expect(await nodes()).toEqual(ON_MAIN);
  } finally {
    await bypass.end(false);
    main.close();
  }
  const before = live.acknowledged.length;
  await expect.poll(() => live.acknowledged.length, DEADLINE).toBeGreaterThan(before + 10);
  expect(live.errors).toEqual([]);
  expect(live.takeLongestSendMs()).toBeGreaterThan(1500);
  expect(await usersOn('main')).toEqual(['before', 'not replicated']);
  expect(await journals()).toEqual([expect.objectContaining({ outcome: 'rolled-back' })]);
});

test('a plan that was looked at is run when it is still the plan: exit 4 when something was tried meanwhile', async () => {
  await awaitReady(environment.gwctl, DEADLINE.timeout);
  const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'failover', '--yes', '--plan-hash', '0123456789ab']);
  expect(exitCode, stderr).toBe(4);
  expect(stderr).toMatch(/the plan is [0-9a-f]{12} by now, expected 0123456789ab: nothing was changed/);
  expect(await nodes()).toEqual(ON_MAIN);
});

test('nothing hides records any more: the same command switches both nodes, exit 0', async () => {
  const { exitCode, stdout, stderr } = await failover('--expect-active', 'main', '-o', 'json');
  expect(exitCode, stdout + stderr).toBe(0);
  const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly type: string; readonly nodes?: readonly { readonly node: string; readonly writePauseMs: number | null }[] });
  expect(lines.at(-1)).toMatchObject({ type: 'result', outcome: 'switched', from: 'main', to: 'failover', generation: 3 });
  expect(lines.at(-1)?.nodes?.map(({ node, writePauseMs }) => [node, (writePauseMs ?? 0) > 0])).toEqual([['gateway1', true], ['gateway2', true]]);
  expect(lines.find(({ type }) => type !== 'nodes-seen')?.type).toBe('run-started');
  expect(lines.filter(({ type }) => type === 'step-done')).toHaveLength(SWITCH_STEPS.length);
  expect(lines.some(({ type }) => type === 'nodes-seen')).toBe(true);
  expect(await nodes()).toEqual(ON_FAILOVER);
  const shown = await status();
  expect(shown).toMatchObject({ active: 'failover', generation: 3 });
  expect(shown.gateways.map(({ active, generation }) => [active, generation])).toEqual([['failover', 3], ['failover', 3]]);
});

test('the journal says which record proved the switch on each node, and where it is', async () => {
  const [, journal] = await journals();
  expect(journal).toMatchObject({ outcome: 'switched' });
  const proof = journal?.events.findLast((event) => event.type === 'step-done');
  expect(proof).toMatchObject({ evidence: { absentOn: 'main', nodes: [{ node: 'gateway1' }, { node: 'gateway2' }] } });
  const { nodes: proven } = (proof as unknown as { evidence: { nodes: readonly { node: string; offset: string }[] } }).evidence;
  const failover = clientOn(environment, 'failover');
  try {
    for (const { node, offset } of proven) {
      for await (const { value } of failover.readRecords('_gwctlcanary', 0, BigInt(offset), { isolation: 'read_committed', until: BigInt(offset) + 1n })) {
        expect(value?.toString('utf8')).toBe(`${journal?.runId ?? '?'}/${node}`);
      }
    }
  } finally {
    failover.close();
  }
});

test('history and report tell both runs, by whom, and how long writes were held', async () => {
  const history = await environment.gwctl(['history', '-o', 'json']);
  expect(history.exitCode, history.stderr).toBe(0);
  const { runs: told } = JSON.parse(history.stdout) as { readonly runs: readonly { readonly name: string; readonly outcome: string; readonly by: string; readonly writePauseMs: number }[] };
  expect(told.map(({ outcome }) => outcome)).toEqual(['rolled-back', 'switched']);
  for (const { by, writePauseMs } of told) expect([by.includes('@'), writePauseMs > 0]).toEqual([true, true]);
  const report = await environment.gwctl(['report', told[1]?.name ?? '']);
  expect(report.exitCode, report.stderr).toBe(0);
  expect(report.stdout).toMatch(/main -> failover, generation 3, switched[\s\S]*producers, at most: gateway1 \d+ ms, gateway2 \d+ ms[\s\S]*a record through gateway2: .* not on main[\s\S]*decide the switch[\s\S]*topics-equal/);
});

test('the producer and the consumer that were connected all along saw no error, and nothing was lost or doubled', async () => {
  const before = live.acknowledged.length;
  await expect.poll(() => live.acknowledged.length, DEADLINE).toBeGreaterThan(before + 20);
  await live.stopProducing();
  expect(live.errors).toEqual([]);
  await expect.poll(() => live.acknowledged.filter((value) => !live.seen.includes(value)), GROUP_DEADLINE).toEqual([]);
  expect(live.errors).toEqual([]);
  const failover = clientOn(environment, 'failover');
  const onFailover = await readValues(failover, 'teamAorders').finally(() => failover.close());
  expect(onFailover.toSorted()).toEqual([...live.acknowledged].sort());
  expect(await usersOn('failover')).toEqual(['before', 'not replicated']);
});

test('the way back is refused while nothing replicates back: exit 3', async () => {
  const { exitCode, stderr } = await environment.gwctl(['failover', '--to', 'main', '--yes']);
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(/nothing replicates failover->main/);
  expect(await nodes()).toEqual(ON_FAILOVER);
});

test('a node that was killed comes back on failover, generation 3, and writes there only', async () => {
  await signalComponent(environment, 'gateway2', 'SIGKILL');
  const up = await environment.gwctl(['up']);
  expect(up.exitCode, up.stderr).toBe(0);
  expect(await nodes()).toEqual(ON_FAILOVER);
  await write('gateway2', 'after');
  expect(await usersOn('failover')).toEqual(['before', 'not replicated', 'after']);
  expect(await usersOn('main')).toEqual(['before', 'not replicated']);
});

test('one node that is switched alone takes the others along: no two nodes serve different clusters', async () => {
  const call = '/admin/pclusters/v1/pcluster/failover/switch?to=main';
  expect(await postAdmin(environment, 'gateway1', call)).toEqual({ status: 200, body: { message: 'Cluster switched' } });
  await expect.poll(nodes, DEADLINE).toEqual(['gateway1: main 4 serving', 'gateway2: main 4 serving']);
  expect(await postAdmin(environment, 'gateway2', call)).toEqual({ status: 200, body: { message: 'Cluster switched' } });
});

interface JournalRead {
  readonly runId: string;
  readonly outcome: string | undefined;
  readonly events: readonly RunEvent[];
}

async function journals(): Promise<readonly JournalRead[]> {
  return await Promise.all(
    (await runs()).map(async (file) => {
      const text = await readFile(join(environment.dir, 'runs', file), 'utf8');
      const events = text.trimEnd().split('\n').map((line) => JSON.parse(line) as RunEvent);
      const last = events.at(-1);
      return { runId: file.replace(/\.ndjson$/, ''), outcome: last?.type === 'run-ended' ? last.outcome : undefined, events };
    }),
  );
}
