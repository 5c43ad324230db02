import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openStandInLab, type StandInLab } from '../support/stand-in-lab.ts';
import type { StandInFault } from '../support/stand-in-node.ts';

/** Nodes that know only the calls of the walk-through, on clusters that somebody else runs. */
let lab: StandInLab;

beforeAll(async () => {
  lab = await openStandInLab();
}, 300_000);
afterAll(async () => await lab?.dispose());
beforeEach(() => lab.reset());

const served = (): string => Object.values(lab.nodes).map(({ active }) => active).join();
const failover = async (...flags: readonly string[]) => await lab.gwctl(['failover', '--to', 'failover', '--yes', ...flags]);

test('verify makes its checks, finds each node with a record through it, and warns of what does not hold', async () => {
  const { exitCode, stdout } = await lab.gwctl(['verify']);
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toMatch(/gateway1: main, by a record through it; gateway2: main, by a record through it/);
  expect(stdout).toMatch(/gateway1, gateway2 know only the call that switches one node/);
  expect(Object.values(lab.nodes).flatMap(({ calls }) => calls)).toEqual([]);
  const status = await lab.gwctl(['status']);
  expect(status.stdout).toMatch(/gateway1 +serving +main +found with a record through it/);
});

test('the plan names each call and what it does not promise, and nobody consents without having seen it', async () => {
  const dry = await lab.gwctl(['failover', '--to', 'failover', '--dry-run']);
  expect(dry.exitCode, dry.stderr).toBe(0);
  expect(dry.stdout).toMatch(/1\. switch gateway1 to failover with its own call.*\n +2\. switch gateway2 to failover/);
  expect(dry.stdout).toMatch(/what this switch does not promise[^]*- writes are not held: what reaches main[^]*- consumer groups go on where MirrorMaker has put them/);
  const asked = await lab.gwctl(['failover', '--to', 'failover']);
  expect(asked.exitCode).toBe(2);
  expect(asked.stderr).toMatch(/what this switch does not promise[^]*there is no terminal to ask/);
  expect(served()).toBe('main,main');
});

test('a switch: one call after the other, each proven; what producers wrote to main until then arrives, and the report says what was not promised', async () => {
  const writer = lab.clientOf('gateway1');
  const target = lab.clientOf('failover');
  try {
    await writer.createTopics([{ name: 'users', partitions: 1, replicationFactor: 1 }]);
    await expect.poll(async () => (await target.metadata(['users'])).topics[0]?.errorCode, { timeout: 60_000 }).toBe(0);
    const acknowledged: string[] = [];
    const over = new AbortController();
    const writing = (async () => {
      for (let number = 0; !over.signal.aborted; number++) {
        await writer.produce('users', 0, [{ key: null, value: Buffer.from(`${number}`) }], { acks: -1 }).then(() => acknowledged.push(`${number}`), () => {});
      }
    })();
    await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(50);
    const { exitCode, stdout, stderr } = await failover();
    over.abort();
    await writing;
    expect(exitCode, stderr).toBe(0);
    expect(served()).toBe('failover,failover');
    expect(stdout).toMatch(/switched to failover: proven with a record through every node/);
    expect(stdout).toMatch(/proven +what was written to main before its last node was switched is on failover[^]*a record through gateway2: .*on failover/);
    expect(stdout).toMatch(/not promised +the nodes are switched one after the other/);
    const copied = new Set<string>();
    for await (const { value } of target.readRecords('users', 0, 0n, { isolation: 'read_committed' })) copied.add(value?.toString('utf8') ?? '');
    expect(acknowledged.filter((one) => !copied.has(one))).toEqual([]);
  } finally {
    writer.close();
    target.close();
  }
  const { runs } = JSON.parse((await lab.gwctl(['history', '-o', 'json'])).stdout) as { readonly runs: readonly { readonly name: string; readonly outcome: string }[] };
  expect(runs.at(-1)).toMatchObject({ outcome: 'switched' });
  const report = await lab.gwctl(['report', runs.at(-1)?.name ?? '']);
  expect(report.stdout).toMatch(/not promised +the nodes[^]*switch-node: nodes gateway1 \(callMs \d+, provenAfterMs \d+\)/);
  const again = await failover();
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toMatch(/failover is active already on every node: nothing to do/);
});

test.each<{ fault: StandInFault; says: RegExp }>([
  { fault: 'error', says: /gateway gateway2: HTTP 500/ },
  { fault: 'html', says: /gateway gateway2: http:\/\/127\.0\.0\.1:\d+ answers \S+\/switch with a page of HTML or XML \("<!doctype html>/ },
  { fault: 'other-words', says: /answers \S+\/switch with JSON of another service \("{"message":"Switch scheduled"}/ },
  { fault: 'redirect', says: /answers with a redirect \(HTTP 302\) to https:\/\/sso\.example\/login/ },
  { fault: 'hang', says: /gateway gateway2 cannot be reached at .*: no answer within 4000 ms/ },
  { fault: 'mute', says: /gateway gateway2 cannot be reached at .*: no answer within 4000 ms/ },
  { fault: 'lie', says: /gateway2 answered that it had switched to failover, and does not serve it: a record through it is on main/ },
])('the call of the second node, $fault: exit 5, and both nodes serve main', async ({ fault, says }) => {
  lab.nodes.gateway2.break('failover', fault);
  const { exitCode, stderr } = await failover();
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(says);
  const back = fault === 'mute' ? 'gateway2, gateway1' : 'gateway1';
  expect(stderr).toContain(`every node serves main again; what was written through ${back} meanwhile is on failover alone`);
  expect(served()).toBe('main,main');
  expect(lab.nodes.gateway1.calls).toEqual(['main->failover', 'failover->main']);
  expect((await lab.gwctl(['verify'])).exitCode).toBe(0);
});

test('a first node that only says that it has switched: exit 5, no other node was called', async () => {
  lab.nodes.gateway1.break('failover', 'lie');
  const { exitCode, stderr } = await failover();
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(/gateway1 answered that it had switched to failover, and does not serve it[^]*no node was switched, every node serves main/);
  expect(lab.nodes.gateway2.calls).toEqual([]);
});

test('a node that cannot be called back: exit 6 says that nodes serve different clusters, and the next run switches the rest', async () => {
  lab.nodes.gateway2.break('failover', 'error');
  lab.nodes.gateway1.break('main', 'lie');
  const { exitCode, stderr } = await failover();
  expect(exitCode, stderr).toBe(6);
  expect(stderr).toMatch(/gateway2: HTTP 500; and it could not be undone: gateway1 answered that it had switched to main, and does not serve it: .*Nodes may serve different clusters/);
  expect(served()).toBe('failover,main');
  const status = await lab.gwctl(['status']);
  expect(status.stdout).toMatch(/gateway1 +serving +failover[^]*gateway2 +serving +main/);
  lab.nodes.gateway2.reset('main');
  const dry = await lab.gwctl(['failover', '--to', 'failover', '--dry-run']);
  expect(dry.stdout).toMatch(/ 1\. switch gateway2 to failover/);
  expect(dry.stdout).not.toMatch(/switch gateway1 to failover/);
  expect((await failover()).exitCode).toBe(0);
  expect(served()).toBe('failover,failover');
});

test('gwctl dies between two calls: there is nothing to resume, and the next run switches the rest', async () => {
  lab.nodes.gateway2.break('failover', 'hang');
  const running = lab.startGwctl(['failover', '--to', 'failover', '--yes']);
  await expect.poll(() => lab.nodes.gateway2.calls.length, { timeout: 60_000, interval: 20 }).toBe(1);
  running.signal('SIGKILL');
  await running.result;
  expect(served()).toBe('failover,main');
  for (const command of ['resume', 'rollback']) {
    const { exitCode, stderr } = await lab.gwctl([command, '--yes']);
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/hint: nodes that are switched one by one know no runs: `gwctl failover --to CLUSTER`/);
  }
  lab.nodes.gateway2.reset('main');
  expect((await failover('--expect-active', 'main')).exitCode).toBe(0);
  expect(served()).toBe('failover,failover');
});

test('Ctrl-C between two calls: the first node is called back, exit 130', async () => {
  lab.nodes.gateway2.break('failover', 'hang');
  const running = lab.startGwctl(['failover', '--to', 'failover', '--yes']);
  await expect.poll(() => lab.nodes.gateway2.calls.length, { timeout: 60_000, interval: 20 }).toBe(1);
  running.signal('SIGINT');
  const { exitCode, stderr } = await running.result;
  expect(exitCode, stderr).toBe(130);
  expect(served()).toBe('main,main');
});

test('what such nodes cannot do is said as such: exit 2', async () => {
  const unplanned = await lab.gwctl(['failover', '--to', 'failover', '--mode', 'unplanned', '--yes']);
  expect(unplanned.exitCode, unplanned.stderr).toBe(2);
  const list = await lab.gwctl(['vcluster', 'list']);
  expect(list.exitCode).toBe(2);
  expect(list.stderr).toMatch(/gateway1 cannot list its virtual clusters: nodes of the driver conduktor know no such call/);
});
