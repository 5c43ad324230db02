import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { ownedBy } from '../support/containers.ts';
import { startEnvironment } from '../support/environment.ts';
import { KILL_CONFIG, openKillLab, type KillLab } from '../support/kill-lab.ts';

let lab: KillLab;
beforeAll(async () => {
  lab = await openKillLab({ start: async () => await startEnvironment([], KILL_CONFIG, 'docker') });
});
afterAll(async () => await lab?.dispose());

async function up(...flags: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await lab.environment.gwctl([...flags, 'up']);
  expect(exitCode, stderr).toBe(0);
  return stderr;
}

test('what would be configured otherwise is made anew, alone, and not while a run is open', async () => {
  const changed = join(lab.environment.stateDir, 'changed.yaml');
  const config = parseDocument(lab.environment.config);
  config.setIn(['links'], [{ from: 'main', to: 'failover', topics: 'teamA.*|_.*' }]);
  config.setIn(['clusters', 'failover', 'config'], { 'log.retention.hours': '5' });
  await writeFile(changed, config.toString());
  const before = await ownedBy(lab.environment, 'container');
  const { exitCode, stderr } = await lab.runTo('take-over-replication', async ({ gwctl }) => {
    const said = await up('--config', changed);
    expect(said).toMatch(/mirror-maker: its configuration has changed, and it goes on with the one of before, since run \S+ of \S+ \(main to failover\) is open/);
    expect(said).toMatch(/failover-1, failover-2, failover-3: left as made before, since run \S+ of \S+ \(main to failover\) is open/);
    expect(await ownedBy(lab.environment, 'container')).toEqual(before);
    gwctl.signal('SIGINT');
  });
  expect([5, 130], stderr).toContain(exitCode);
  expect(await lab.settled()).toBe('main');
  const afterwards = await up('--config', changed);
  expect(afterwards).toMatch(/mirror-maker: started anew, since its configuration has changed: a new heartbeat came through main->failover/);
  expect(afterwards).not.toContain('left as made before');
  const after = await ownedBy(lab.environment, 'container');
  expect(after.filter((each) => !before.includes(each))).toHaveLength(4);
});
