import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pid } from 'node:process';
import { expect, test } from 'vitest';
import { isAlive, readStartTime, signalProcess } from '../../../../src/adapters/runtime/process-identity.ts';

test('this process is alive under its own start time, and dead under another one', () => {
  const startTime = readStartTime(pid);
  expect(startTime).toMatch(/\d/);
  expect(isAlive({ pid, startTime: startTime ?? '' })).toBe(true);
  expect(isAlive({ pid, startTime: '1' })).toBe(false);
});

test('a pid that was given to another process is never signalled', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const startTime = readStartTime(child.pid ?? 0) ?? '';
  expect(signalProcess({ pid: child.pid ?? 0, startTime: `${startTime}0` }, 'SIGKILL')).toBe(false);
  expect(child.exitCode ?? child.signalCode).toBeNull();
  expect(signalProcess({ pid: child.pid ?? 0, startTime }, 'SIGKILL')).toBe(true);
  expect(await exited).toEqual([null, 'SIGKILL']);
});

test('a process that never was has no start time', () => {
  expect(readStartTime(2 ** 30)).toBeUndefined();
});
