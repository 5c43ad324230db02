import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectName } from '../../src/topology/compose/project-name.ts';
import { containerOf, signalComponent } from '../support/component.ts';
import { startEnvironment, type GwctlResult } from '../support/environment.ts';
import { awaitCondition, KILL_CONFIG, openKillLab, type KillLab } from '../support/kill-lab.ts';
import { runKillCase, type KillCase } from '../support/kill-case.ts';
import { componentsOf, ownedBy } from '../support/containers.ts';

const UP_MS = 120_000;
let lab: KillLab;
beforeAll(async () => {
  lab = await openKillLab({ start: async () => await startEnvironment([], KILL_CONFIG, 'docker') });
});
afterAll(async () => await lab?.dispose());

async function up(): Promise<string> {
  const { exitCode, stderr } = await lab.environment.gwctl(['up']);
  expect(exitCode, stderr).toBe(0);
  return stderr;
}

test('runs as another user than root, and every container is healthy', async () => {
  const { stdout } = await execa('docker', ['ps', '--filter', `label=com.docker.compose.project=${projectName(lab.environment.topology)}`, '--format', '{{.Status}}']);
  const lines = stdout.split('\n');
  expect(lines).toHaveLength(10);
  expect(lines.filter((line) => !line.includes('(healthy)'))).toEqual([]);
  expect((await execa('docker', ['exec', containerOf(lab.environment, 'gateway1'), 'id', '-u'])).stdout).toBe('1000');
});

test('a second up changes nothing', async () => {
  const before = await ownedBy(lab.environment, 'container');
  await up();
  expect(await ownedBy(lab.environment, 'container')).toEqual(before);
});

test('a broker that was killed from outside shows as crashed with its log, and up brings it back; so it does with one that is paused', async () => {
  await execa('docker', ['kill', containerOf(lab.environment, 'main-3')]);
  const crashed = (await componentsOf(lab.environment)).find(({ name }) => name === 'main-3');
  expect(crashed).toMatchObject({ state: 'crashed', logFile: `docker logs ${containerOf(lab.environment, 'main-3')}` });
  expect(crashed?.lastLogLines.length).toBeGreaterThan(0);
  await execa('docker', ['pause', containerOf(lab.environment, 'failover-2')]);
  expect(await up()).toContain('failover-2: was paused');
  expect((await componentsOf(lab.environment)).filter(({ state }) => state !== 'running')).toEqual([]);
});

test('up beside a run: MirrorMaker that the run takes over is left to it, and runs again when the run has given up', async () => {
  const { environment } = lab;
  const file = join(environment.dir, 'mirror-maker', 'held');
  let beside: GwctlResult | undefined;
  const { exitCode, stderr } = await lab.runTo('take-over-replication', async ({ gwctl, go }) => {
    await signalComponent(environment, 'mirror-maker', 'SIGKILL');
    const starting = environment.startGwctl(['up']);
    await awaitCondition(UP_MS, 'up has started MirrorMaker', async () => (await execa('docker', ['inspect', '--format', '{{.State.Running}}', containerOf(environment, 'mirror-maker')])).stdout === 'true');
    await go();
    await awaitCondition(UP_MS, 'MirrorMaker is held', () => Promise.resolve(existsSync(file)));
    gwctl.signal('SIGSTOP');
    beside = await starting.result;
    gwctl.signal('SIGINT');
    gwctl.signal('SIGCONT');
  });
  expect(beside?.exitCode, beside?.stderr).toBe(0);
  expect(beside?.stderr).toMatch(/mirror-maker: left stopped: run \S+ took over main->failover/);
  expect([5, 130], stderr).toContain(exitCode);
  await environment.gwctl(['rollback', '--yes']);
  expect(await lab.settled()).toBe('main');
  expect(await up()).toMatch(/a new heartbeat came through main->failover/);
});

/** Those that are given up share the environment; the last one switches, and a switch is not reversed. */
test.each<KillCase & { readonly exitCodes: readonly number[]; readonly active: string }>([
  { who: 'gateway2', how: 'SIGKILL', before: 'drain-gateways', exitCodes: [5], active: 'main' },
  { who: 'gateway1', how: 'SIGSTOP', before: 'drain-gateways', exitCodes: [5, 6], active: 'main' },
  { who: 'gwctl', how: 'SIGKILL', before: 'drain-gateways', exitCodes: [-1], active: 'main' },
  { who: 'gateway2', how: 'SIGKILL', before: 'flip-gateways', exitCodes: [0, 7], active: 'failover' },
])('$who $how before $before, under load: exit $exitCodes, everybody on $active, nothing lost, doubled or torn', async ({ exitCodes, active, ...kill }) => {
  const outcome = await runKillCase(lab, kill);
  expect(outcome.problems, outcome.stderr).toEqual([]);
  expect(outcome.active, outcome.stderr).toBe(active);
  expect(exitCodes, outcome.stderr).toContain(outcome.exitCode);
  expect(outcome.verdict.tellingReads).toBeGreaterThan(0);
});

test('up after a switch says why MirrorMaker is left stopped, also when its container is gone', async () => {
  expect(await up()).toMatch(/mirror-maker: left stopped: failover is active: main->failover would copy/);
  await execa('docker', ['rm', '--force', containerOf(lab.environment, 'mirror-maker')]);
  await up();
  expect((await componentsOf(lab.environment)).find(({ name }) => name === 'mirror-maker')).toMatchObject({ state: 'held', heldBecause: expect.stringContaining('failover is active') });
  expect((await componentsOf(lab.environment)).filter(({ state }) => state !== 'running')).toHaveLength(1);
});

test('down and up keep the records and the switch; down -v leaves no container, volume and network', async () => {
  await lab.probe.stop();
  const { environment } = lab;
  const down = await environment.gwctl(['down']);
  expect(down.exitCode, down.stderr).toBe(0);
  expect([await ownedBy(environment, 'container'), await ownedBy(environment, 'network')]).toEqual([[], []]);
  expect((await ownedBy(environment, 'volume')).length).toBe(8);
  await up();
  expect((await environment.gwctl(['status'])).stdout).toMatch(/gateway1 +serving +failover/);
  expect((await lab.probe.judge('target')).lost).toEqual([]);
  const deleted = await environment.gwctl(['down', '-v']);
  expect(deleted.exitCode, deleted.stderr).toBe(0);
  expect([await ownedBy(environment, 'container'), await ownedBy(environment, 'volume'), await ownedBy(environment, 'network')]).toEqual([[], [], []]);
});
