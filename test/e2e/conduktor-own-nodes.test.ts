import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startAdminProxy, type AdminProxy } from '../support/admin-proxy.ts';
import { awaitReady } from '../support/await-ready.ts';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';
import { readNodeState } from '../support/service-account.ts';

/** The nodes of gwctl, driven as if they knew only the one call: it answers in the same words, and the proof is the same. */
let environment: TestEnvironment;
let proxy: AdminProxy;
let oneCall: string;

beforeAll(async () => {
  environment = await startEnvironment([], ONE_BROKER_EACH);
  const { config, portOffset, stateDir, topology } = environment;
  const gateway2 = topology.gateways.find(({ name }) => name === 'gateway2');
  if (gateway2 === undefined) throw new Error('no gateway2');
  proxy = await startAdminProxy(gateway2.admin);
  oneCall = join(stateDir, 'one-call.yaml');
  const file = parse(config) as object;
  await writeFile(oneCall, stringify({ ...file, gateways: { gateway1: null, gateway2: { adminPort: proxy.port - portOffset } }, gateway: { driver: 'conduktor' } }));
}, 300_000);
afterAll(async () => {
  await proxy?.close();
  await environment?.dispose();
});
beforeEach(() => proxy.heal());

const gwctl = async (...args: readonly string[]) => await environment.gwctl([...args, '--config', oneCall]);
const served = async (): Promise<string[]> => await Promise.all(['gateway1', 'gateway2'].map(async (name) => (await readNodeState(environment, name)).active));

test('a second node that refuses: exit 5, and both serve main', async () => {
  proxy.break('switch?to=failover', { kind: 'error' });
  const { exitCode, stderr } = await gwctl('failover', '--to', 'failover', '--yes');
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(/gateway gateway2: HTTP 500: given up, every node serves main again; what was written through gateway1(, gateway2)? meanwhile is on failover alone/);
  await expect.poll(served, { timeout: 30_000 }).toEqual(['main', 'main']);
});

test('a switch by the one call of each node is proven through both of them, and MirrorMaker stays off', async () => {
  await awaitReady((args) => gwctl(...args), 60_000);
  const { exitCode, stdout, stderr } = await gwctl('failover', '--to', 'failover', '--yes');
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/a record through gateway1: .*not on main\n +a record through gateway2: .*not on main/);
  expect(await served()).toEqual(['failover', 'failover']);
  const status = await gwctl('status');
  expect(status.stdout).toMatch(/gateway2 +serving +failover +found with a record through it/);
  expect(status.stdout).toMatch(/mirror-maker is held/);
});
