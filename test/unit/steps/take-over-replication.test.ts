import { expect, test } from 'vitest';
import type { Copying, Takeover } from '../../../src/ports/takeover.ts';
import { closeEnoughMs, takeOverReplication } from '../../../src/steps/takeover-steps.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { TOPOLOGY, topic } from '../../support/observation.ts';

const STEP = { kind: 'take-over-replication', gateways: [], from: 'main', timeoutMs: 300 } as const;
const PROVE_TAIL_MS = 8000;
/** What the fake clock goes on by for each round of the fake copier. */
const ROUND_MS = 400;

/** A copier that keeps up, and never gets closer than this. */
function contextOf(behindMs: number): { readonly context: StepContext; readonly waitedMs: () => number } {
  let nowMs = 5000;
  const copying: Copying = {
    copied: { records: 7, transactions: 1 },
    leftOut: new Set(),
    include: async () => [],
    behindMs: () => behindMs,
    awaitWithin: async (allowedMs, signal) => {
      for (; behindMs > allowedMs(); nowMs += ROUND_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
    },
    awaitEnds: async () => {},
  };
  const takeover = { begin: async () => copying } as unknown as Takeover;
  const cluster = { describe: async () => ({ brokers: [], topics: [topic('teamAorders')] }) };
  const topology = { ...TOPOLOGY, failover: { ...TOPOLOGY.failover, deadlines: { ...TOPOLOGY.failover.deadlines, proveTailMs: PROVE_TAIL_MS } } };
  const context = {
    runId: 'run-1',
    plan: { from: 'main', to: 'failover' },
    world: { topology, clusters: new Map([['main', cluster], ['failover', cluster]]), takeover: () => takeover },
    clock: { elapsedMs: () => nowMs, sleep: async () => await new Promise(() => {}) },
    note: () => {},
    signal: new AbortController().signal,
  } as unknown as StepContext;
  return { context, waitedMs: () => nowMs - 5000 };
}

test('a copier that is close at once is not waited for', async () => {
  const { context, waitedMs } = contextOf(200);
  expect(await takeOverReplication.apply(STEP, context)).toEqual({ partitions: 1, records: 7, behindMs: 200 });
  expect(waitedMs()).toBe(0);
});

test('one whose rounds take long keeps up without ever being that close: after a while it is close enough', async () => {
  const { context, waitedMs } = contextOf(900);
  expect(await takeOverReplication.apply(STEP, context)).toMatchObject({ behindMs: 900 });
  expect(waitedMs()).toBeGreaterThanOrEqual(9000);
  expect(waitedMs()).toBeLessThan(10_000);
});

test('one that is further behind than producers can wait for is never close enough', async () => {
  await expect(takeOverReplication.apply(STEP, contextOf(2100).context)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'after 300 ms failover is 2.1 s behind main, with 7 records copied: more is written than can be copied',
  });
});

test.each([
  { waitedMs: 0, proveTailMs: 8000, is: 250 },
  { waitedMs: 5000, proveTailMs: 8000, is: 500 },
  { waitedMs: 60_000, proveTailMs: 8000, is: 2000 },
  { waitedMs: 60_000, proveTailMs: 400, is: 250 },
])('$waitedMs ms of $proveTailMs: $is ms', ({ waitedMs, proveTailMs, is }) => {
  expect(closeEnoughMs(waitedMs, proveTailMs)).toBe(is);
});
