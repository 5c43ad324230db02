import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { pid, platform } from 'node:process';
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

// Ends its first thread and goes on with another: what a JVM with many threads looks like for a moment after SIGKILL.
const HEADLESS = `
import ctypes, platform, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print('ready', flush=True)
ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)
`;
const canRunIt = platform === 'linux' && spawnSync('python3', ['--version']).status === 0;

test.skipIf(!canRunIt)('a process whose first thread is over is alive as long as another one runs: it holds its ports', async () => {
  const child = spawn('python3', ['-c', HEADLESS], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const id = child.pid ?? 0;
  try {
    await once(child.stdout, 'data');
    const startTime = readStartTime(id) ?? '';
    await expect.poll(() => readFileSync(`/proc/${id}/stat`, 'latin1')).toMatch(/\) Z /);
    expect(isAlive({ pid: id, startTime })).toBe(true);
    expect(signalProcess({ pid: id, startTime }, 'SIGKILL')).toBe(true);
    await exited;
    expect(isAlive({ pid: id, startTime })).toBe(false);
  } finally {
    child.kill('SIGKILL');
  }
});
