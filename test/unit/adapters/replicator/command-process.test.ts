import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandProcess } from '../../../../src/adapters/replicator/command-process.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-commands-'));
});
afterEach(async () => await rm(dir, { recursive: true, force: true }));

const node = (script: string): readonly string[] => [process.execPath, '-e', script];
const touch = (name: string): readonly string[] => node(`require('node:fs').writeFileSync('${name}', process.env.WHO ?? '')`);
const processOf = (hold: readonly string[], release: readonly string[]) => commandProcess({ link: 'main->failover', commands: { hold, release, cwd: dir }, file: join(dir, 'held', 'main-failover'), env: { WHO: 'gwctl' } });

test('its commands run in the folder of the file, and why it is held is remembered until it is released, by another gwctl, too', async () => {
  const mirror = processOf(touch('ended'), touch('started'));
  expect(await mirror.heldBecause()).toBeUndefined();
  await mirror.hold('run r1 took over');
  expect(existsSync(join(dir, 'ended'))).toBe(true);
  expect(await processOf([], []).heldBecause()).toBe('run r1 took over');
  await mirror.release();
  expect(existsSync(join(dir, 'started'))).toBe(true);
  expect(await mirror.heldBecause()).toBeUndefined();
});

test('a command that fails is told with what it said, and what may have been ended is not forgotten', async () => {
  const mirror = processOf(node('console.error("no such unit"); process.exit(4)'), ['a-program-that-does-not-exist']);
  await expect(mirror.hold('why')).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/^the hold command of main->failover \(.*\) ended with exit code 4: no such unit$/) });
  expect(await mirror.heldBecause()).toBe('why');
  await expect(mirror.release()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/the release command of main->failover \(a-program-that-does-not-exist\) .*ENOENT/) });
  expect(await mirror.heldBecause()).toBe('why');
});
