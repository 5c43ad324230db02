import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startAdminProxy, type AdminFault, type AdminProxy } from '../support/admin-proxy.ts';
import { awaitReady } from '../support/await-ready.ts';
import type { GwctlResult } from '../support/environment.ts';
import { openSmallKillLab, type KillLab } from '../support/kill-lab.ts';
import { readNodeState } from '../support/service-account.ts';

/** gwctl reaches gateway1 through a proxy that breaks single calls; the probe writes and reads through both nodes all the while. */
let lab: KillLab;
let proxy: AdminProxy;
let proxied: string;

beforeAll(async () => {
  lab = await openSmallKillLab();
  const { config, portOffset, stateDir, topology } = lab.environment;
  const [node] = topology.gateways;
  if (node === undefined) throw new Error('no gateway');
  proxy = await startAdminProxy(node.admin);
  const file = parse(config) as { readonly gateways: Readonly<Record<string, object>> };
  proxied = join(stateDir, 'proxied.yaml');
  await writeFile(proxied, stringify({ ...file, gateways: { ...file.gateways, gateway1: { ...file.gateways['gateway1'], adminPort: proxy.port - portOffset } } }));
});
afterAll(async () => {
  await lab?.dispose();
  await proxy?.close();
});
beforeEach(async () => {
  proxy.heal();
  await lab.settled();
  await awaitReady((args) => gwctl(...args), 60_000);
});

async function gwctl(...args: readonly string[]): Promise<GwctlResult> {
  return await lab.environment.gwctl([...args, '--config', proxied]);
}

const hang = { kind: 'mute' } as const;
const broken = { kind: 'error' } as const;
const LATE_MS = 6000;

test.each<{ call: string; fault: AdminFault; exitCode: number; says: RegExp }>([
  { call: 'prepare', fault: broken, exitCode: 3, says: /gateway gateway1: HTTP 500: nothing was changed, main is active/ },
  { call: 'prepare', fault: hang, exitCode: 3, says: /gateway gateway1 cannot be reached at .*: no answer within 4000 ms: nothing was changed, main is active/ },
  { call: 'drain-groups', fault: broken, exitCode: 5, says: /HTTP 500: given up before the switch, every node serves main again/ },
  { call: 'pause', fault: broken, exitCode: 5, says: /HTTP 500: given up before the switch/ },
  { call: 'pause', fault: hang, exitCode: 5, says: /no answer within 1000 ms: given up before the switch/ },
  { call: 'pause', fault: { kind: 'late', delayMs: LATE_MS }, exitCode: 5, says: /no answer within 1000 ms: given up before the switch/ },
  { call: 'drain', fault: hang, exitCode: 5, says: /no answer within 2000 ms: given up before the switch/ },
  { call: 'state', fault: hang, exitCode: 3, says: /gateways-agree: gateway1: gateway gateway1 cannot be reached at .*: no answer within 3000 ms/ },
  { call: 'state', fault: { kind: 'changed', change: (state) => ({ ...state, generation: 7 }) }, exitCode: 3, says: /gateways-agree: the nodes disagree: gateway1: main, generation 7, serving; gateway2: main, generation 1, serving/ },
])('$call of one node, $fault.kind: exit $exitCode, both nodes serve main, nothing is lost, doubled or torn', async ({ call, fault, exitCode, says }) => {
  proxy.break(call, fault);
  const result = await gwctl('failover', '--to', 'failover', '--yes');
  expect(result.exitCode, result.stderr).toBe(exitCode);
  expect(result.stderr).toMatch(says);
  expect(await lab.settled()).toBe('main');
  const { lost, doubled, torn } = await lab.probe.judge('source');
  expect({ lost, doubled, torn }).toEqual({ lost: [], doubled: [], torn: [] });
});

test('nothing to resume and nothing to roll back: exit 3, and nothing is changed', async () => {
  for (const command of ['resume', 'rollback']) {
    const { exitCode, stderr } = await gwctl(command, '--yes');
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/no run is open: nothing to (resume|roll back), nothing was changed\n {2}hint: `gwctl status` shows how things are/);
  }
  expect(await readNodeState(lab.environment, 'gateway1')).toMatchObject({ active: 'main', phase: 'serving', run: null });
});

test('a flip that one node refuses: the others switch, exit 7 names the node, and it follows by itself', async () => {
  proxy.break('flip', broken);
  const result = await gwctl('failover', '--to', 'failover', '--yes');
  expect(result.exitCode, result.stderr).toBe(7);
  expect(result.stderr).toMatch(/HTTP 500; it holds its writes until it finds the commit by itself/);
  expect(result.stderr).toMatch(/error: switched to failover, but the proof failed: gateway1 says/);
  const status = JSON.parse((await lab.environment.gwctl(['status', '-o', 'json'])).stdout) as { readonly openRun: { readonly commands: readonly string[] } | null };
  if (status.openRun !== null) expect(status.openRun.commands).toEqual(['gwctl resume']);
  proxy.heal();
  const resumed = await gwctl('resume', '--yes');
  expect([0, 3], resumed.stderr).toContain(resumed.exitCode);
  expect(await lab.settled()).toBe('failover');
  const { lost, doubled, torn, tellingReads } = await lab.probe.judge('target');
  expect({ lost, doubled, torn }).toEqual({ lost: [], doubled: [], torn: [] });
  expect(tellingReads).toBeGreaterThan(0);
});
