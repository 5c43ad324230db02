import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { STALL_MS, StallGuard } from '../../../src/gateway/switch/stall-guard.ts';
import { WriteGate } from '../../../src/gateway/switch/write-gate.ts';

let gate: WriteGate;
let guard: StallGuard;
let clocks: [number, number];
let silentMs: number;
let stalls: number[];
let caughtUp: (() => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  gate = new WriteGate(25_000);
  clocks = [0, 0];
  silentMs = 0;
  stalls = [];
  caughtUp = [];
  guard = new StallGuard({ gate, nowMs: () => clocks[0], wallMs: () => clocks[1], silentMs: () => silentMs, stalled: (ms) => void stalls.push(ms), catchUp: () => new Promise((resolve) => caughtUp.push(resolve)) });
});
afterEach(() => {
  guard.close();
  vi.useRealTimers();
});

async function catchUp(): Promise<void> {
  caughtUp.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
}

test.each<{ name: string; change: () => void }>([
  { name: 'the clock that only goes forward', change: () => void (clocks = [STALL_MS + 1, 0]) },
  { name: 'the clock on the wall alone, as in some pauses of a machine', change: () => void (clocks = [0, STALL_MS + 1]) },
  { name: 'those who tell of switches are silent', change: () => void (silentMs = STALL_MS + 1) },
])('stopped by $name: the first write finds the gate closed, until everything is known', async ({ change }) => {
  change();
  guard.check();
  expect(gate.isOpen).toBe(false);
  expect(stalls).toEqual([STALL_MS + 1]);
  silentMs = 0;
  await catchUp();
  expect(gate.isOpen).toBe(true);
});

test('a process that is only late, or whose clock is set back, goes on', () => {
  clocks = [STALL_MS, STALL_MS];
  guard.check();
  clocks = [STALL_MS + 100, -1_000_000];
  guard.check();
  expect([gate.isOpen, stalls]).toEqual([true, []]);
});

test('it is found out without a write, too', () => {
  clocks = [10_000, 10_000];
  vi.advanceTimersByTime(100);
  expect(gate.isOpen).toBe(false);
});

test('stopped again while it catches up, it does so once more', async () => {
  clocks = [1000, 1000];
  guard.check();
  clocks = [5000, 5000];
  guard.check();
  await catchUp();
  expect(gate.isOpen).toBe(false);
  await catchUp();
  expect(gate.isOpen).toBe(true);
  expect(stalls).toHaveLength(1);
});

test('a gate that a switch has closed meanwhile stays closed', async () => {
  clocks = [1000, 1000];
  guard.check();
  gate.close();
  await catchUp();
  expect([gate.isOpen, gate.isHeldFor('stall'), gate.isHeldFor('switch')]).toEqual([false, false, true]);
  gate.open();
  expect(gate.isOpen).toBe(true);
});
