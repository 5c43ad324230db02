import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectName } from '../../src/topology/compose/project-name.ts';
import { containerOf, signalComponent } from '../support/component.ts';
import { componentsOf, ownedBy } from '../support/containers.ts';
import { startEnvironment, type GwctlResult, type TestEnvironment } from '../support/environment.ts';
import { awaitCondition } from '../support/kill-lab.ts';
import { clientOn, clientThrough, issueToken } from '../support/service-account.ts';

const UP_MS = 400_000;
const SOON_MS = 120_000;
let environment: TestEnvironment;
let token: string;
let written = 0n;

beforeAll(async () => {
  environment = await startEnvironment([], 'clusters: {main: {brokers: 3}, failover: {brokers: 1}}\n', 'docker');
  token = await issueToken(environment, 'gateway1', 'teamA');
  const client = clientThrough(environment, 'gateway1', token);
  await client.createTopics([{ name: 'kept', partitions: 1, replicationFactor: 3 }]).finally(() => client.close());
});
afterAll(async () => await environment?.dispose());

const docker = async (...args: readonly string[]): Promise<string> => (await execa('docker', args)).stdout;
const up = async (): Promise<GwctlResult> => await environment.gwctl(['up'], { timeoutMs: UP_MS });

/** One more record goes in through the gateway, behind all that were there before, and every component runs. */
async function expectWhole(): Promise<void> {
  const { exitCode, stderr } = await up();
  expect(exitCode, stderr).toBe(0);
  expect((await componentsOf(environment)).filter(({ state }) => state !== 'running')).toEqual([]);
  const client = clientThrough(environment, 'gateway1', token);
  expect(await client.produce('kept', 0, [{ key: null, value: Buffer.from('x') }], { acks: -1 }).finally(() => client.close())).toBe(written);
  written += 1n;
}

test('the network was removed under everything: up makes the containers anew, with their records', async () => {
  await expectWhole();
  const network = `${projectName(environment.topology)}_default`;
  for (const id of await ownedBy(environment, 'container')) await docker('network', 'disconnect', '--force', network, id);
  await docker('network', 'rm', network);
  const before = await ownedBy(environment, 'container');
  await expectWhole();
  const after = await ownedBy(environment, 'container');
  expect(after.filter((id) => before.includes(id))).toEqual([]);
});

test('one container was taken from the network: it alone is made anew', async () => {
  const before = await ownedBy(environment, 'container');
  await docker('network', 'disconnect', '--force', `${projectName(environment.topology)}_default`, containerOf(environment, 'main-2'));
  await expectWhole();
  const after = await ownedBy(environment, 'container');
  expect(after.filter((id) => !before.includes(id))).toHaveLength(1);
});

test('a broker was removed with its volume: it comes back, and gets its records from the others', async () => {
  await docker('rm', '--force', '--volumes', containerOf(environment, 'main-3'));
  await docker('volume', 'rm', `${projectName(environment.topology)}_main-3-data`);
  await expectWhole();
  const main = clientOn(environment, 'main');
  try {
    const inSync = async () => (await main.metadata(['teamAkept'])).topics[0]?.partitions[0]?.isr.length === 3;
    await awaitCondition(SOON_MS, 'all three brokers of main have teamAkept', inSync);
  } finally {
    main.close();
  }
});

test('containers and the compose file were removed', async () => {
  await docker('rm', '--force', '--volumes', containerOf(environment, 'gateway2'), containerOf(environment, 'mirror-maker'));
  await rm(join(environment.dir, 'compose'), { recursive: true });
  await expectWhole();
});

test('a broker that is killed while up waits for it: up ends, names it and shows its log; the next one brings it back', async () => {
  await signalComponent(environment, 'failover-1', 'SIGKILL');
  const running = environment.startGwctl(['up'], { timeoutMs: UP_MS });
  await awaitCondition(SOON_MS, 'failover-1 starts', async () => (await docker('inspect', '--format', '{{.State.Health.Status}} {{.State.Running}}', containerOf(environment, 'failover-1'))) === 'starting true');
  await docker('kill', containerOf(environment, 'failover-1'));
  const { exitCode, stderr } = await running.result;
  expect({ exitCode, stderr }).toEqual({ exitCode: 6, stderr: expect.stringMatching(/failover-1 ended with exit code 137 \(docker logs \S+\)\n {4}\S[^]*hint: what was started goes on running: `gwctl up` goes on from here/) });
  await expectWhole();
});

test('a broker that is killed while verify looks: whatever it saw, nothing is wrong with gwctl; then verify names the cluster, until up has brought it back', async () => {
  const [verified] = await Promise.all([environment.gwctl(['verify']), signalComponent(environment, 'failover-1', 'SIGKILL')]);
  expect([0, 3], verified.stderr).toContain(verified.exitCode);
  expect(await environment.gwctl(['verify'])).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/FAIL +target-healthy +failover cannot be read/) });
  await expectWhole();
  await awaitCondition(SOON_MS, 'gwctl verify passes', async () => (await environment.gwctl(['verify'])).exitCode === 0);
});

test('what is left without its compose file and with a network that is gone is taken down', async () => {
  const network = `${projectName(environment.topology)}_default`;
  for (const id of await ownedBy(environment, 'container')) await docker('network', 'disconnect', '--force', network, id);
  await docker('network', 'rm', network);
  await rm(join(environment.dir, 'compose'), { recursive: true });
  expect(await environment.gwctl(['down', '-v'])).toMatchObject({ exitCode: 0 });
  expect([await ownedBy(environment, 'container'), await ownedBy(environment, 'volume'), await ownedBy(environment, 'network')]).toEqual([[], [], []]);
});
