import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../src/adapters/runtime/await-ready.ts';
import { createRuntime } from '../../src/adapters/runtime/create-runtime.ts';
import { isAlive, type ProcessIdentity } from '../../src/adapters/runtime/process-identity.ts';
import { parseTopology } from '../../src/config/parse-topology.ts';
import type { ComponentState, Runtime, UpOptions } from '../../src/ports/runtime.ts';
import type { Topology } from '../../src/topology/topology.ts';

// Real Kafka and real MirrorMaker, one broker a cluster. The tests share one environment and build on each other, in order.
const CONFIG = `
version: 1
clusters:
  main: {role: primary, brokers: 1, port: 21092}
  failover: {role: failover, brokers: 1, port: 22092}
`;
const entryPath = fileURLToPath(new URL('../../bin/gwctl.js', import.meta.url));
const UP_MS = 120_000;

let stateDir: string;
let topology: Topology;
let runtime: Runtime;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'gwctl-runtime-'));
  await writeFile(join(stateDir, 'gwctl.yaml'), CONFIG);
  topology = parseTopology(CONFIG, { fileName: 'gwctl.yaml', portOffset: 0, baseDir: '/' });
  runtime = runtimeOf(topology);
});
afterAll(async () => {
  await runtime.down({ progress: silent, deleteData: true });
  await rm(stateDir, { recursive: true });
}, UP_MS);

test('a port in use is found before anything starts', async () => {
  const server = createServer().listen(22_092, '127.0.0.1');
  await once(server, 'listening');
  await expect(runtime.up(upOptions())).rejects.toMatchObject({ code: 'ENVIRONMENT', message: 'port 22092 is in use (wanted by failover-1)' });
  server.close();
  await once(server, 'close');
  expect(existsSync(environmentDir())).toBe(false);
});

test('up returns when every broker answers and a heartbeat has been replicated', { timeout: UP_MS }, async () => {
  const { phases } = await runtime.up(upOptions());
  expect(phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['ports', 'toolchain', 'main answers', 'failover answers', 'main->failover replicates']));
  expect(await states()).toEqual({ 'main-1': 'running', 'failover-1': 'running', 'mirror-maker': 'running' });
  const topics = await withClient(clusterOf('failover'), async (client) => (await client.metadata()).topics.map(({ name }) => name));
  expect(topics).toEqual(expect.arrayContaining(['_topicMappings', '_acls', '_auditLogs', '_gatewayState', 'main.heartbeats']));
});

test('a record that is written on main arrives on failover', { timeout: UP_MS }, async () => {
  await withClient(clusterOf('main'), async (client) => {
    await client.createTopics([{ name: 'orders', partitions: 1, replicationFactor: 1 }]);
    await client.produce('orders', 0, [{ key: null, value: Buffer.from('one') }]);
  });
  const read = () =>
    withClient(clusterOf('failover'), async (client) => {
      const values: (string | undefined)[] = [];
      for await (const { value } of client.readRecords('orders', 0, 0n, { isolation: 'read_committed' })) values.push(value?.toString());
      return values;
    }).catch(() => []);
  await expect.poll(read, { timeout: 30_000 }).toEqual(['one']);
});

test('another up finds everything running and starts nothing', { timeout: UP_MS }, async () => {
  const before = await identities();
  await runtime.up(upOptions());
  expect(await identities()).toEqual(before);
});

test('a killed broker shows as crashed, and up brings it back with its records', { timeout: UP_MS }, async () => {
  await runtime.kill('failover-1');
  expect(await states()).toMatchObject({ 'failover-1': 'crashed', 'main-1': 'running' });
  await runtime.up(upOptions());
  expect(await states()).toMatchObject({ 'failover-1': 'running' });
  const topics = await withClient(clusterOf('failover'), async (client) => (await client.metadata()).topics.map(({ name }) => name));
  expect(topics).toContain('orders');
});

test('up starts MirrorMaker anew when it would be configured otherwise, and says so; not while a run is open, and not when nothing has changed', { timeout: 2 * UP_MS }, async () => {
  const narrowed = runtimeOf({ ...topology, links: topology.links.map((link) => ({ ...link, topics: 'orders|_.*' })) });
  const pids = async (): Promise<Record<string, number | null>> => Object.fromEntries((await runtime.observe()).map(({ name, pid }) => [name, pid]));
  const before = await pids();
  expect(await sayings((progress) => narrowed.up({ ...upOptions(), progress, findOpenRun: async () => 'run 7 is open' }))).toMatch(/mirror-maker: its configuration has changed, and it goes on with the one of before, since run 7 is open/);
  expect(await pids()).toEqual(before);
  expect(await sayings((progress) => narrowed.up({ ...upOptions(), progress }))).toMatch(/mirror-maker: started anew, since its configuration has changed: a new heartbeat came through main->failover/);
  const renewed = await pids();
  expect(renewed['mirror-maker']).not.toBe(before['mirror-maker']);
  expect({ ...renewed, 'mirror-maker': before['mirror-maker'] }).toEqual(before);
  expect(await readFile(join(environmentDir(), 'mm2.properties'), 'utf8')).toContain('main->failover.topics=orders|_.*');
  expect(await sayings((progress) => narrowed.up({ ...upOptions(), progress }))).toMatch(/mirror-maker: a new heartbeat came through/);
  expect(await pids()).toEqual(renewed);
  await runtime.up(upOptions());
});

test('a MirrorMaker that is held stays stopped through up, until it is started', { timeout: UP_MS }, async () => {
  await runtime.stop('mirror-maker', { hold: 'failed over in run 7' });
  await runtime.up(upOptions());
  const held = (await runtime.observe()).find(({ name }) => name === 'mirror-maker');
  expect(held).toMatchObject({ state: 'held', heldBecause: 'failed over in run 7', pid: null });
  await runtime.start('mirror-maker');
  expect(await states()).toMatchObject({ 'mirror-maker': 'running' });
});

test("a broker that dies at its start fails up at once, with the reason from the broker's own log", { timeout: UP_MS }, async () => {
  await runtime.stop('failover-1');
  const broken = { ...topology, clusters: topology.clusters.map((cluster) => (cluster.name === 'failover' ? { ...cluster, brokerConfig: { 'log.segment.bytes': 'many' } } : cluster)) };
  const reason = await runtimeOf(broken).up(upOptions()).catch((error: unknown) => error);
  expect(reason).toMatchObject({ code: 'UNAVAILABLE', exitCode: 6 });
  expect((reason as Error).message).toContain('failover-1 ended while the environment came up: exit code 1');
  expect((reason as Error).message).toContain('log.segment.bytes');
  expect(await states()).toMatchObject({ 'failover-1': 'crashed', 'main-1': 'running' });
});

test('after down nothing runs, and the records are still there', { timeout: UP_MS }, async () => {
  const before = await identities();
  expect((await runtime.down({ progress: silent, deleteData: false })).stopped.toSorted()).toEqual(['main-1', 'mirror-maker']);
  expect(before.filter(isAlive)).toEqual([]);
  expect(await states()).toEqual({ 'main-1': 'stopped', 'failover-1': 'stopped', 'mirror-maker': 'stopped' });
  expect(existsSync(join(environmentDir(), 'main-1', 'data', 'orders-0'))).toBe(true);
});

test('a gwctl that is killed in the middle of up leaves pid files, a stale lock, and nothing that the next up and down cannot handle', { timeout: UP_MS }, async () => {
  const gwctl = spawn(execPath, [entryPath, '--config', join(stateDir, 'gwctl.yaml'), '--state-dir', stateDir, 'up', '--no-gateways'], { stdio: 'ignore' });
  const gone = once(gwctl, 'exit');
  await expect.poll(() => existsSync(join(environmentDir(), 'main-1', 'pid.json')), { timeout: 30_000, interval: 5 }).toBe(true);
  gwctl.kill('SIGKILL');
  await gone;
  expect(existsSync(`${environmentDir()}.lock`)).toBe(true);
  const orphans = await identities();
  await runtime.up(upOptions());
  expect((await identities()).map(({ pid }) => pid)).toEqual(expect.arrayContaining(orphans.map(({ pid }) => pid)));
  const all = await identities();
  await runtime.down({ progress: silent, deleteData: true });
  expect(all.filter(isAlive)).toEqual([]);
  expect(existsSync(environmentDir())).toBe(false);
});

/** What is said when a piece of work is done, one line each. */
async function sayings(act: (progress: UpOptions['progress']) => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  await act({ start: (label) => ({ note: () => {}, done: (text) => void lines.push(`${label}: ${text ?? ''}`), fail: () => {} }) });
  return lines.join('\n');
}

const silent: UpOptions['progress'] = { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) };

function upOptions(): UpOptions {
  return { progress: silent, signal: new AbortController().signal, withGateways: false, withSchemaRegistry: false };
}

function environmentDir(): string {
  return join(stateDir, 'default');
}

function runtimeOf(of: Topology): Runtime {
  return createRuntime({ topology: of, environmentDir: environmentDir(), env, gatewayCommand: () => [] });
}

function clusterOf(name: string): Topology['clusters'][number] {
  const cluster = topology.clusters.find((each) => each.name === name);
  if (cluster === undefined) throw new Error(`no cluster ${name}`);
  return cluster;
}

async function states(): Promise<Record<string, ComponentState>> {
  const components = (await runtime.observe()).filter(({ kind }) => kind !== 'gateway');
  return Object.fromEntries(components.map(({ name, state }) => [name, state]));
}

async function identities(): Promise<readonly ProcessIdentity[]> {
  const found: ProcessIdentity[] = [];
  for (const name of (await readdir(environmentDir())).toSorted()) {
    const text = await readFile(join(environmentDir(), name, 'pid.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) found.push(JSON.parse(text) as ProcessIdentity);
  }
  return found;
}
