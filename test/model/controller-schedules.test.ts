import { describe, expect, test } from 'vitest';
import { SwitchController, type SwitchEffects } from '../../src/gateway/switch/switch-controller.ts';
import { GwctlError } from '../../src/shared/errors.ts';
import { runSchedule, type ScheduleKind, type ScheduleResult } from './run-schedule.ts';
import type { Cut } from './simulated-world.ts';

/** GWCTL_SCHEDULES: how many of each kind. GWCTL_SEED: only this one, with all that happened in it. */
const COUNT = Number(process.env['GWCTL_SCHEDULES'] ?? 300);
const SEED = process.env['GWCTL_SEED'];
const TIMEOUT_MS = 60_000 + COUNT * 100;
const seeds = SEED === undefined ? Array.from({ length: COUNT }, (_, seed) => seed) : [Number(SEED)];

/** The first history that goes wrong, and how many there were. */
async function search(kind: ScheduleKind, cuts: readonly Cut[] = []): Promise<{ failure: (ScheduleResult & { seed: number }) | undefined; steps: number; outcomes: Set<string> }> {
  let steps = 0;
  const outcomes = new Set<string>();
  for (const seed of seeds) {
    const result = await runSchedule(seed, kind, new Set(cuts));
    steps += result.steps;
    for (const outcome of result.outcomes) outcomes.add(outcome);
    if (SEED !== undefined) process.stdout.write(`${result.trace.join('\n')}\n`);
    if (result.why !== undefined) return { failure: { ...result, seed }, steps, outcomes };
  }
  return { failure: undefined, steps, outcomes };
}

describe('real nodes and real runs, in any order of events', () => {
  test.each([
    { kind: 'joiner', what: 'one run, and a node that nobody listed' },
    { kind: 'two-runs', what: 'two runs' },
    { kind: 'unplanned', what: 'a planned run, and an unplanned one that may leave a node out' },
  ] as const)('$what: no write on the cluster that was left, and all end up on the same one', async ({ kind, what }) => {
    const { failure, steps, outcomes } = await search(kind);
    process.stdout.write(`${what}: ${seeds.length} schedules, ${steps} steps, ended ${[...outcomes].toSorted().join(', ')}\n`);
    expect(failure === undefined ? undefined : `${failure.why} (GWCTL_SEED=${failure.seed})\n${failure.trace.slice(-80).join('\n')}`).toBeUndefined();
    if (SEED === undefined) expect([...outcomes]).toEqual(expect.arrayContaining(['switched', 'rolled-back', 'refused', 'dead']));
  }, TIMEOUT_MS);

  test('a seed repeats its history', async () => {
    const [first, second] = [await runSchedule(7, 'joiner'), await runSchedule(7, 'joiner')];
    expect(second).toEqual(first);
    expect((await runSchedule(8, 'joiner')).trace).not.toEqual(first.trace);
  });
});

describe('the schedules notice', () => {
  test.each<{ cut: Cut; what: string }>([
    { cut: 'asks-arbiter', what: 'a lease that ends without a word of the arbiter' },
    { cut: 'restart-reads', what: 'a start that trusts its memory' },
    { cut: 'joiner-waits', what: 'a node that starts after an intent and does not wait' },
    { cut: 'intent', what: 'a run that says nothing and reads no joins' },
  ])('$what', async ({ cut }) => {
    const { failure } = await search('joiner', [cut]);
    expect(failure?.why).toMatch(/^two clusters at once|acknowledges writes on/);
  }, TIMEOUT_MS);
});

test('the schedules notice nodes that are left out of an unplanned switch and do not fence themselves', async () => {
  const { failure } = await search('unplanned', ['fences-itself']);
  expect(failure?.why).toMatch(/^not finished/);
}, TIMEOUT_MS);

describe('what schedules have found', () => {
  test('a node that went after a commit by itself is registered there before it lets writes pass', async () => {
    for (const seed of [239, 368, 1526]) expect((await runSchedule(seed, 'both')).why).toBeUndefined();
  }, TIMEOUT_MS);

  test('a run that another one keeps out says so, and asks for no operator', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { trace } = await runSchedule(seed, 'two-runs');
      expect(trace.filter((line) => /ends: stuck run r\d holds this node/.test(line))).toEqual([]);
    }
  }, TIMEOUT_MS);

  test('a lost node whose flip failed does not let writes pass to the cluster that it left', async () => {
    const { controller, isWrong, failFlips } = controllerOf('unknown');
    failFlips(1);
    const found = { kind: 'serve', standing: { generation: 2, active: 'failover' } } as const;
    await expect(controller.find(found)).rejects.toThrow();
    await controller.find(found);
    expect(isWrong()).toBe(false);
  });

  test('a node whose flip failed after a commit tries again', async () => {
    const { controller, failFlips } = controllerOf('serve');
    failFlips(1);
    await expect(controller.follow({ generation: 2, active: 'failover' })).rejects.toThrow();
    await controller.follow({ generation: 2, active: 'failover' });
    await controller.settle();
    expect(controller.state.phase).toBe('serving');
  });

  test('a node whose flip failed is not moved by the lease of a later run that nobody committed', async () => {
    const { controller, failFlips, passTime } = controllerOf('serve');
    failFlips(1);
    await expect(controller.follow({ generation: 2, active: 'failover' })).rejects.toThrow();
    await controller.prepare({ runId: 'r2', generation: 3, to: 'main', leaseMs: 10 }).catch(() => {});
    passTime(20);
    await controller.settle();
    expect(controller.state).toMatchObject({ generation: 2, active: 'failover' });
  });
});

function controllerOf(kind: 'serve' | 'unknown') {
  let [isOpen, connected, failures, nowMs] = [kind === 'serve', 'main', 0, 0];
  const effects: SwitchEffects = {
    prepare: async () => ({ brokers: [], topicMappings: 0, virtualClusters: 0 }),
    drainGroups: async () => ({ members: 0, drained: 0 }),
    openGroups: async () => {},
    closeGate: async () => void (isOpen = false),
    openGate: async () => void (isOpen = true),
    drain: async () => true,
    decision: async () => undefined,
    posture: async (standing) => ({ kind: 'serve', standing }),
    laterCommit: async () => undefined,
    remember: async () => {},
    flip: async (to) => {
      if (failures-- > 0) throw new GwctlError('UNAVAILABLE', 'a worker did not flip');
      connected = to;
    },
  };
  const standing = { generation: 1, active: 'main' };
  const controller = new SwitchController(kind === 'serve' ? { kind, standing } : { kind, standing, why: '' }, effects, () => nowMs);
  return {
    controller,
    isWrong: () => isOpen && connected !== controller.active,
    failFlips: (count: number) => void (failures = count),
    passTime: (ms: number) => void (nowMs += ms),
  };
}
