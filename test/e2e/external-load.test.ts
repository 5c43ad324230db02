import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSecuredEnvironment, type SecuredEnvironment } from '../support/secured-environment.ts';

let secured: SecuredEnvironment;

beforeAll(async () => {
  secured = await startSecuredEnvironment();
}, 300_000);
afterAll(async () => await secured?.dispose());

test('a drill with a switch under load, on an environment that somebody else runs: nothing is lost, doubled, skipped or refused', async () => {
  const file = join(secured.environment.stateDir, 'switch.yaml');
  await writeFile(file, `version: 1
name: switch from outside
steps:
  - name: token
    issueToken: { gateway: gateway1, virtualCluster: teamA, username: sa, as: teamA-sa }
  - name: load
    startLoad: { name: orders, gateways: [gateway1, gateway2], as: teamA-sa, topic: orders, partitions: 3, replicationFactor: 1, producers: 2, ratePerSecond: 100, group: billing, consumers: 1 }
  - name: ready
    verify: { to: failover, expect: ready, within: 60s }
  - name: switch
    failover: { to: failover, expect: switched, nodes: [gateway1, gateway2] }
  - name: stop
    stopLoad: { name: orders, within: 60s, expect: { lost: 0, duplicated: 0, errors: 0, skipped: 0, unseen: 0, reordered: 0, minAcknowledged: 100 } }
`);
  const { exitCode, stdout, stderr } = await secured.gwctl(['drill', file]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/switched to failover in \d+ ms, writes were held for \d+ ms at most/);
  const again = await secured.gwctl(['failover', '--to', 'failover', '--yes']);
  expect(again.stdout).toMatch(/failover is active already on every node/);
});
