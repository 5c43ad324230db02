import { beforeEach, expect, test } from 'vitest';
import { proveNodes } from '../../../src/cli/prove-nodes.ts';
import type { OpenRun } from '../../../src/engine/open-run.ts';
import { GwctlError } from '../../../src/shared/errors.ts';

const RUN: OpenRun = { runId: 'r7', by: 'ann@host', generation: 2, from: 'main', to: 'failover', isCommitted: false, leaseUntil: undefined, isSourceGone: false };
const HELD = new GwctlError('UNAVAILABLE', 'gateway1: the write was not answered');

let nowMs: number;
let proofs: number;

beforeEach(() => {
  nowMs = 0;
  proofs = 0;
});

async function prove(isHeldUntilMs: number, run: OpenRun | undefined, signal: AbortSignal = new AbortController().signal): Promise<void> {
  await proveNodes({
    prove: async () => {
      proofs++;
      nowMs += 10_000;
      if (nowMs < isHeldUntilMs) throw HELD;
    },
    findOpenRun: async () => run,
    clock: { now: () => new Date(0), elapsedMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) },
    signal,
  });
}

test('a run that holds writes for a while is waited for', async () => {
  await prove(25_000, RUN);
  expect(proofs).toBeGreaterThan(1);
});

test('a run that goes on holding them is named, with what ends it: exit 8', async () => {
  const failure = await prove(Number.POSITIVE_INFINITY, RUN).catch((reason: unknown) => GwctlError.from(reason));
  expect(failure).toMatchObject({ code: 'LOCKED', exitCode: 8, message: expect.stringContaining('run r7 of ann@host (main to failover) is under way and holds writes'), hint: expect.stringContaining('`gwctl resume` or `gwctl rollback`') });
  expect(nowMs).toBeLessThan(60_000);
});

test('without a run the failure is what it is, at once', async () => {
  await expect(prove(Number.POSITIVE_INFINITY, undefined)).rejects.toBe(HELD);
  expect(proofs).toBe(1);
});

test('what ended everything is told, and not what it interrupted', async () => {
  const death = new GwctlError('UNAVAILABLE', 'main-1 ended while the environment came up');
  await expect(prove(Number.POSITIVE_INFINITY, RUN, AbortSignal.abort(death))).rejects.toBe(death);
});
