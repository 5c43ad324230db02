import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const TOOL = new URL('../../../tools/run-container-tests.mjs', import.meta.url).pathname;

test('without a container engine the container tests are skipped, and say so', () => {
  expect(execFileSync(process.execPath, [TOOL], { encoding: 'utf8', env: { PATH: '/nowhere' } })).toBe('skipped: no container engine\n');
});
