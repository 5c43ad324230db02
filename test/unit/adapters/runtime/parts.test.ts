import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assertPortsFree } from '../../../../src/adapters/runtime/check-ports.ts';
import { createGate } from '../../../../src/adapters/runtime/gate.ts';
import { parseJavaMajor } from '../../../../src/adapters/runtime/java.ts';
import { pollUntil } from '../../../../src/adapters/runtime/poll-until.ts';
import { runTogether } from '../../../../src/adapters/runtime/run-together.ts';
import { ensureClusterIds, formatStorage } from '../../../../src/adapters/runtime/storage.ts';
import { takeDown } from '../../../../src/adapters/runtime/take-down.ts';
import { ensureTokenKey } from '../../../../src/adapters/runtime/token-key.ts';
import { toolClasses } from '../../../../src/adapters/runtime/tool-scripts.ts';
import type { Topology } from '../../../../src/topology/topology.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-parts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const never = new AbortController().signal;
const silent = { start: () => ({ note: () => {}, done: () => {}, fail: () => {} }) };

test.each([
  { text: 'openjdk version "17.0.15" 2025-04-15', major: 17 },
  { text: 'java version "1.8.0_392"', major: 8 },
  { text: 'openjdk version "25" 2025-09-16', major: 25 },
  { text: 'bash: java: not found', major: undefined },
])('Java of "$text" is $major', ({ text, major }) => expect(parseJavaMajor(text)).toBe(major));

test('a port in use is named together with the component that wants it; a free one passes', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const component = { name: 'main-2', kind: 'broker', cluster: 'main', dir, port, binds: [{ host: '127.0.0.1', port }] } as const;
  await expect(assertPortsFree([component])).rejects.toMatchObject({ code: 'ENVIRONMENT', exitCode: 3, message: `port ${port} is in use (wanted by main-2)` });
  await new Promise((resolve) => server.close(resolve));
  await assertPortsFree([component]);
});

describe('storage', () => {
  test('a node gets the checkpoint and its own identity, once', async () => {
    const template = join(dir, 'template');
    await writeFile(template, 'features');
    await formatStorage(join(dir, 'data'), template, 3, 'cluster-id');
    const meta = await readFile(join(dir, 'data', 'meta.properties'), 'utf8');
    expect(meta).toMatch(/^version=1\nnode\.id=3\ncluster\.id=cluster-id\ndirectory\.id=[\w-]{22}\n$/);
    expect(await readFile(join(dir, 'data', 'bootstrap.checkpoint'), 'utf8')).toBe('features');
    await formatStorage(join(dir, 'data'), template, 3, 'cluster-id');
    expect(await readFile(join(dir, 'data', 'meta.properties'), 'utf8')).toBe(meta);
  });

  test('cluster ids stay what they were, also when a cluster is added', async () => {
    const file = join(dir, 'cluster-ids.json');
    const before = await ensureClusterIds(file, ['main']);
    const after = await ensureClusterIds(file, ['main', 'failover']);
    expect(after.get('main')).toBe(before.get('main'));
    expect(after.get('failover')).toMatch(/^\w[\w-]{21}$/);
  });
});

test('the token key is made once, 32 bytes, for its owner only', async () => {
  await ensureTokenKey({ kind: 'generated', file: 'token-key' }, dir);
  const key = await readFile(join(dir, 'token-key'), 'utf8');
  expect(Buffer.from(key.trim(), 'base64url')).toHaveLength(32);
  expect((await stat(join(dir, 'token-key'))).mode & 0o777).toBe(0o600);
  await ensureTokenKey({ kind: 'generated', file: 'token-key' }, dir);
  expect(await readFile(join(dir, 'token-key'), 'utf8')).toBe(key);
});

test('down -v deletes no folder that up did not make', async () => {
  const topology = { runtime: 'local', clusters: [], links: [], gateways: [], schemaRegistry: { enabled: false } } as unknown as Topology;
  await writeFile(join(dir, 'letter.txt'), 'dear');
  await expect(takeDown(topology, dir, { progress: silent, deleteData: true })).rejects.toMatchObject({ code: 'ENVIRONMENT' });
  expect(await readFile(join(dir, 'letter.txt'), 'utf8')).toBe('dear');
  await writeFile(join(dir, 'environment.json'), '{}');
  await takeDown(topology, dir, { progress: silent, deleteData: true });
  await expect(stat(dir)).rejects.toThrow('ENOENT');
});

test('the first failure of many is what is thrown, and the others are told to end', async () => {
  const told: unknown[] = [];
  const waits = (signal: AbortSignal) => new Promise<void>((_, reject) => signal.addEventListener('abort', () => (told.push(signal.reason), reject(new Error('second')))));
  await expect(runTogether(never, [waits, () => Promise.reject(new Error('first')), waits])).rejects.toThrow('first');
  expect(told).toHaveLength(2);
});

test('a gate lets nobody through before it opens, and gives up with its signal', async () => {
  const gate = createGate();
  const controller = new AbortController();
  const given = gate.passed(controller.signal);
  controller.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  const passed = gate.passed(never);
  gate.open();
  await passed;
});

test('polling ends with the last thing that was missing', async () => {
  let asked = 0;
  await pollUntil({ what: 'main', timeoutMs: 5000, pauseMs: 1, signal: never }, async () => (++asked >= 3 ? true : 'not yet'));
  expect(asked).toBe(3);
  await expect(pollUntil({ what: 'cluster main', timeoutMs: 0, pauseMs: 1, signal: never }, async () => '2 of 3 brokers')).rejects.toThrow('cluster main not ready after 0 s: 2 of 3 brokers');
});

test('tools that moved with Kafka 4 are found in both', () => {
  expect(toolClasses('4.3.1')['kafka-console-producer']).toBe('org.apache.kafka.tools.ConsoleProducer');
  expect(toolClasses('3.9.2')['kafka-console-producer']).toBe('kafka.tools.ConsoleProducer');
});
