import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Component, filesOf } from '../../../../src/adapters/runtime/component.ts';
import { observeComponent } from '../../../../src/adapters/runtime/observe-components.ts';
import { isAlive, readStartTime } from '../../../../src/adapters/runtime/process-identity.ts';
import { PID_FILE_WRAPPER, spawnComponent } from '../../../../src/adapters/runtime/spawn-component.ts';
import { killComponent, stopComponent } from '../../../../src/adapters/runtime/stop-component.ts';
import { createSupervisor } from '../../../../src/adapters/runtime/supervise.ts';

let root: string;
let component: Component;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gwctl-supervision-'));
  component = { name: 'main-1', kind: 'broker', cluster: 'main', dir: join(root, 'main-1'), port: 1, binds: [] };
});
afterEach(async () => {
  await stopComponent(component, { graceMs: 0 });
  await rm(root, { recursive: true });
});

const env = { PATH: '/usr/bin:/bin' };
const forever = [execPath, '-e', 'setInterval(() => {}, 1000); console.log("ready")'];
const deaf = [execPath, '-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")'];
const untilReady = () => expect.poll(() => readFile(filesOf(component.dir, component.name).log, 'utf8'), { timeout: 5000 }).toContain('ready');

test('the pid file names the very process that runs, with its start time', async () => {
  const { identity } = await spawnComponent(component, forever, env);
  expect(identity.startTime).toBe(readStartTime(identity.pid));
  expect(JSON.parse(await readFile(filesOf(component.dir, component.name).pid, 'utf8'))).toEqual(identity);
  await untilReady();
  expect(await observeComponent(component)).toMatchObject({ state: 'running', pid: identity.pid, lastLogLines: [] });
});

test('a process that was killed shows as crashed with the end of its log; one that was stopped, as stopped', async () => {
  const { exited } = await spawnComponent(component, forever, env);
  await untilReady();
  expect(await killComponent(component)).toBe(true);
  expect(await exited).toBe('ended by SIGKILL');
  expect(await observeComponent(component)).toMatchObject({ state: 'crashed', pid: null, lastLogLines: ['ready'] });

  await spawnComponent(component, forever, env);
  expect(await stopComponent(component, { graceMs: 5000 })).toBe(true);
  expect(await observeComponent(component)).toMatchObject({ state: 'stopped', pid: null });
  expect(await stopComponent(component, { graceMs: 5000 })).toBe(false);
});

test('a process that ignores SIGTERM is ended by force after its time of grace', async () => {
  const { identity, exited } = await spawnComponent(component, deaf, env);
  await untilReady();
  await stopComponent(component, { graceMs: 50 });
  expect(await exited).toBe('ended by SIGKILL');
  expect(isAlive(identity)).toBe(false);
});

test('a broker whose logs are closed is not waited for any longer', async () => {
  await spawnComponent(component, deaf, env);
  await untilReady();
  const { data } = filesOf(component.dir, component.name);
  await mkdir(data);
  await writeFile(join(data, '.kafka_cleanshutdown'), '');
  const startedMs = performance.now();
  await stopComponent(component, { graceMs: 60_000, afterCleanMs: 50 });
  expect(performance.now() - startedMs).toBeLessThan(5000);
});

test('a pid file of a process that is long gone, its pid used again, ends nobody', async () => {
  const { identity } = await spawnComponent(component, forever, env);
  const { pid } = filesOf(component.dir, component.name);
  await writeFile(pid, JSON.stringify({ ...identity, startTime: '1' }));
  expect(await observeComponent(component)).toMatchObject({ state: 'crashed' });
  expect(await stopComponent(component, { graceMs: 0 })).toBe(false);
  expect(isAlive(identity)).toBe(true);
  await writeFile(pid, JSON.stringify(identity));
});

test('a process that finds a pid file ends without touching it, so an orphan of a dead gwctl is never forgotten', async () => {
  const pidFile = join(root, 'pid.json');
  await writeFile(pidFile, 'of another');
  const child = spawn('/bin/sh', ['-c', PID_FILE_WRAPPER, 'gwctl', pidFile, 'touch', join(root, 'started')]);
  expect(await once(child, 'exit')).toEqual([75, null]);
  expect(await readFile(pidFile, 'utf8')).toBe('of another');
  expect(await readdir(root)).toEqual(['pid.json']);
});

test('of two starts at once one process remains', async () => {
  const [one, two] = await Promise.all([spawnComponent(component, forever, env), spawnComponent(component, forever, env).catch(() => undefined)]);
  const survivors = [one, two].filter((running) => running !== undefined && isAlive(running.identity)).map((running) => running?.identity.pid);
  expect(new Set(survivors).size).toBe(1);
  expect(existsSync(filesOf(component.dir, component.name).pid)).toBe(true);
});

test('a death while the environment comes up aborts it at once, with exit code and the last lines of its log', async () => {
  const supervisor = createSupervisor();
  const dies = [execPath, '-e', 'for (let i = 0; i < 40; i++) console.log("line " + i); process.exit(7)'];
  supervisor.watch(await spawnComponent(component, dies, env));
  await expect.poll(() => supervisor.signal.aborted, { timeout: 5000 }).toBe(true);
  expect(supervisor.signal.reason).toMatchObject({ code: 'UNAVAILABLE' });
  const { message } = supervisor.signal.reason as Error;
  expect(message).toContain('main-1 ended while the environment came up: exit code 7');
  expect(message).toContain('line 39');
  expect(message).toContain('line 25');
  expect(message).not.toContain('line 24');
});

test('the end of a component that somebody holds is no death: a run takes the replication over while the environment comes up', async () => {
  const supervisor = createSupervisor();
  const running = await spawnComponent(component, forever, env);
  supervisor.watch(running);
  await writeFile(filesOf(component.dir, component.name).held, 'run r1 took it over\n');
  await killComponent(component);
  await running.exited;
  expect(supervisor.signal.aborted).toBe(false);
});

test('a death after the environment was up is nobody\'s failure', async () => {
  const supervisor = createSupervisor();
  const running = await spawnComponent(component, forever, env);
  supervisor.watch(running);
  supervisor.release();
  await killComponent(component);
  await running.exited;
  expect(supervisor.signal.aborted).toBe(false);
});
