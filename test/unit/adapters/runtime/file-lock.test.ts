import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from '../../../../src/adapters/runtime/file-lock.ts';
import { readStartTime } from '../../../../src/adapters/runtime/process-identity.ts';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-lock-'));
  path = join(dir, 'environment.lock');
});
afterEach(() => rm(dir, { recursive: true }));

const now = { purpose: 'test', waitMs: 0 };

test('a lock that a living process holds is refused, with its purpose', async () => {
  await withFileLock(path, { ...now, purpose: 'gwctl up' }, async () => {
    await expect(withFileLock(path, now, async () => {})).rejects.toMatchObject({ code: 'LOCKED', message: expect.stringContaining('gwctl up') as string });
  });
  expect(existsSync(path)).toBe(false);
});

test.each([
  { name: 'a process that is gone', holder: { pid: 2 ** 30, startTime: '1', purpose: 'gwctl up' } },
  { name: 'an earlier process with our pid', holder: { pid, startTime: '1', purpose: 'gwctl up' } },
])('the lock of $name is taken over', async ({ holder }) => {
  await writeFile(path, JSON.stringify(holder));
  const seen = await withFileLock(path, now, async () => JSON.parse(await readFile(path, 'utf8')) as unknown);
  expect(seen).toMatchObject({ pid, startTime: readStartTime(pid) });
});

test('a lock file cut off in the middle counts as stale', async () => {
  await writeFile(path, '{"pid":');
  expect(await withFileLock(path, now, async () => 'in')).toBe('in');
});

test('many that wait for one lock, a stale one at first, are inside one after the other', async () => {
  await writeFile(path, JSON.stringify({ pid: 2 ** 30, startTime: '1', purpose: 'gwctl up' }));
  let inside = 0;
  let most = 0;
  let done = 0;
  const enter = () =>
    withFileLock(path, { purpose: 'test', waitMs: 9000 }, async () => {
      most = Math.max(most, ++inside);
      await readFile(path);
      inside--;
      done++;
    });
  await Promise.all(Array.from({ length: 12 }, enter));
  expect({ most, done }).toEqual({ most: 1, done: 12 });
});

test('work that throws gives the lock back', async () => {
  await expect(withFileLock(path, now, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
