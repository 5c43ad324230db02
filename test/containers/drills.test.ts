import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reserveEnvironment, type TestEnvironment } from '../support/environment.ts';

const LONG_MS = 500_000;
let environment: TestEnvironment;
beforeAll(async () => {
  environment = await reserveEnvironment('', 'docker');
});
afterAll(async () => await environment?.dispose());

test.each(['cluster-switching.yaml', 'live-load.yaml', 'per-node-calls.yaml'])('the drill %s passes as on the local runtime, from up to down', async (scenario) => {
  const { exitCode, stdout, stderr } = await environment.gwctl(['drill', '--up', '--down', join('scenarios', scenario)], { timeoutMs: LONG_MS });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/passed: (\d+) of \1 steps/);
  process.stdout.write(`${stdout.split('\n').filter((line) => /^(ok|--|)\s*(environment up|Stop, and compare|Switch gateway1 and|total)/.test(line.trimStart())).join('\n')}\n`);
});
