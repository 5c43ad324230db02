import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalComponent } from '../support/component.ts';
import { componentsOf } from '../support/containers.ts';
import { openUnplannedLab, type UnplannedLab } from '../support/unplanned-lab.ts';

let lab: UnplannedLab;
beforeAll(async () => {
  lab = await openUnplannedLab({ runtime: 'docker' });
});
afterAll(async () => await lab?.dispose());

test('main\'s containers are killed under load, MirrorMaker before them: what is announced is what the clients have lost, and up goes on from there', async () => {
  await lab.untilMore(500);
  await signalComponent(lab.environment, 'mirror-maker', 'SIGKILL');
  await lab.untilMore(500);
  await lab.signalMain('SIGKILL');
  const refused = await lab.failover('--yes');
  expect(refused.exitCode, refused.stdout).toBe(3);
  const { exitCode, stdout, stderr, loss, firstAckMs } = await lab.failover('--yes', '--max-loss-records', '100000');
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  await lab.untilMore(100);
  const lost = await lab.lostRecords();
  process.stdout.write(`announced ${loss?.records ?? '?'}, lost ${lost.length}, first acknowledgement ${firstAckMs?.toFixed(0) ?? '?'} ms after the command\n`);
  expect(loss).toMatchObject({ records: lost.length, isExact: true, unknown: [] });
  expect(lost.length).toBeGreaterThan(0);
  const up = await lab.environment.gwctl(['up']);
  expect(up.exitCode, up.stderr).toBe(0);
  const states = new Map((await componentsOf(lab.environment)).map(({ name, state }) => [name, state]));
  expect([states.get('main-1'), states.get('mirror-maker')]).toEqual(['running', 'held']);
  expect((await lab.environment.gwctl(['status'])).stdout).toMatch(/gateway2 +serving +failover/);
});
