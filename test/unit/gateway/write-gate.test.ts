import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WriteGate } from '../../../src/gateway/switch/write-gate.ts';

const NEVER = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an open gate lets writes pass at once', () => {
  expect(new WriteGate(25_000).pass(NEVER)).toBe('open');
});

test('a closed gate holds writes until it opens', async () => {
  const gate = new WriteGate(25_000);
  gate.close();
  const held = gate.pass(NEVER);
  expect(gate.held).toBe(1);
  vi.advanceTimersByTime(24_999);
  gate.open();
  expect(await held).toBe('open');
  expect(gate.held).toBe(0);
});

test('nothing is held longer than the limit, counted from when the gate closed', async () => {
  const gate = new WriteGate(25_000);
  gate.close();
  vi.advanceTimersByTime(20_000);
  const held = gate.pass(NEVER);
  vi.advanceTimersByTime(4_999);
  expect(gate.held).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await held).toBe('expired');
});

test('closing twice does not start the time again', async () => {
  const gate = new WriteGate(1000);
  gate.close();
  vi.advanceTimersByTime(900);
  gate.close();
  const held = gate.pass(NEVER);
  vi.advanceTimersByTime(100);
  expect(await held).toBe('expired');
});

test('a client that leaves stops waiting', async () => {
  const gate = new WriteGate(25_000);
  const over = new AbortController();
  gate.close();
  const held = gate.pass(over.signal);
  over.abort();
  expect(await held).toBe('expired');
  expect(gate.held).toBe(0);
});
