import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Processes {
  readonly cpuSeconds: (pid: number) => number;
  readonly residentMib: (pid: number) => number;
  readonly peakMib: (pid: number) => number;
  readonly forgetPeak: (pid: number) => void;
}

const { cpuSeconds, residentMib, peakMib, forgetPeak } = (await import(new URL('../../../bench/processes.mjs', import.meta.url).href)) as Processes;

/** Burns 300 ms of CPU or takes 64 MiB and gives them back, each time it is told to; says when it is done. */
const CHILD = `
process.on('message', (what) => {
  if (what === 'burn') for (const from = process.cpuUsage().user; process.cpuUsage(undefined).user - from < 300_000;);
  if (what === 'grow') { globalThis.held = Buffer.alloc(64 << 20, 1); globalThis.held = undefined; globalThis.gc(); }
  process.send('done');
});
process.send('ready');
`;

describe('what a process costs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'gwctl-processes-'));
  const children: ChildProcess[] = [];
  const start = async (): Promise<{ pid: number; tell: (what: string) => Promise<void> }> => {
    const child = fork(join(dir, 'child.cjs'), { execArgv: ['--expose-gc'] });
    children.push(child);
    await once(child, 'message');
    return {
      pid: child.pid ?? 0,
      tell: async (what) => {
        const done = once(child, 'message');
        child.send(what);
        await done;
      },
    };
  };

  beforeAll(() => writeFileSync(join(dir, 'child.cjs'), CHILD));
  afterAll(async () => {
    for (const child of children) {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    }
    rmSync(dir, { recursive: true });
  });

  test('CPU time is of that process, and of those that it started', async () => {
    const [busy, idle] = [await start(), await start()];
    const before = { busy: cpuSeconds(busy.pid), idle: cpuSeconds(idle.pid), all: cpuSeconds(process.pid) };
    await busy.tell('burn');
    expect(cpuSeconds(busy.pid) - before.busy).toBeGreaterThanOrEqual(0.25);
    expect(cpuSeconds(idle.pid) - before.idle).toBeLessThan(0.1);
    expect(cpuSeconds(process.pid) - before.all).toBeGreaterThanOrEqual(0.25);
  });

  test('the peak stays when memory is given back, until it is forgotten', async () => {
    const { pid, tell } = await start();
    await tell('grow');
    expect(peakMib(pid)).toBeGreaterThan(residentMib(pid) + 32);
    forgetPeak(pid);
    expect(peakMib(pid)).toBeLessThan(residentMib(pid) + 32);
  });

  test('a process that is gone costs nothing', () => {
    expect(cpuSeconds(2 ** 30)).toBe(0);
    expect(residentMib(2 ** 30)).toBe(0);
  });
});
