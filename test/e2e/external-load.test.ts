import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLoadDrill } from '../support/load-drill.ts';
import { startSecuredEnvironment, type SecuredEnvironment } from '../support/secured-environment.ts';

let secured: SecuredEnvironment;

beforeAll(async () => {
  secured = await startSecuredEnvironment();
}, 300_000);
afterAll(async () => await secured?.dispose());

test('a drill with a switch under load, on an environment that somebody else runs: nothing is lost, doubled, skipped or refused', async () => {
  const file = await writeLoadDrill(secured.environment.stateDir);
  const { exitCode, stdout, stderr } = await secured.gwctl(['drill', file]);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/switched to failover in \d+ ms, writes were held for \d+ ms at most/);
  const again = await secured.gwctl(['failover', '--to', 'failover', '--yes']);
  expect(again.stdout).toMatch(/failover is active already on every node/);
});
