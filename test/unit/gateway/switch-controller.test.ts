import { beforeEach, describe, expect, test } from 'vitest';
import { SwitchController, type SwitchEffects } from '../../../src/gateway/switch-controller.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';

const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 1000 };
let done: string[];
let isDrained: boolean;
let closing: Promise<void>;
let flipping: () => Promise<void>;
let now: number;
let controller: SwitchController;

beforeEach(() => {
  done = [];
  isDrained = true;
  closing = Promise.resolve();
  flipping = async () => {};
  now = 0;
  const effects: SwitchEffects = {
    prepare: async (to) => {
      if (to === 'nowhere') throw new Error('cannot be reached');
      return { brokers: [1], topicMappings: 0, virtualClusters: 0 };
    },
    drainGroups: async () => ({ members: 0, drained: 0 }),
    openGroups: async () => {},
    closeGate: async () => {
      done.push('close gate');
      await closing;
    },
    openGate: async () => void done.push('open gate'),
    drain: async () => isDrained,
    remember: async (generation, active) => void done.push(`remember ${generation} ${active}`),
    flip: async (to, generation) => {
      done.push(`flip ${to} ${generation}`);
      await flipping();
    },
  };
  controller = new SwitchController(1, 'main', effects, () => now);
});

async function upTo(phase: 'prepared' | 'paused' | 'drained' | 'flipped'): Promise<void> {
  await controller.prepare(ORDER);
  if (phase === 'prepared') return;
  await controller.pause(ORDER);
  if (phase === 'paused') return;
  await controller.drain(ORDER);
  if (phase === 'drained') return;
  await controller.flip(ORDER);
}

/** A promise that the test resolves. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

test('a whole switch: the new generation is on disk before the node flips, and writes pass only after resume', async () => {
  await upTo('flipped');
  expect(done).toEqual(['close gate', 'remember 2 failover', 'flip failover 2']);
  expect(controller.state).toMatchObject({ phase: 'flipped', generation: 2, active: 'failover' });
  await controller.resume(ORDER);
  expect(done.at(-1)).toBe('open gate');
  expect(controller.state).toEqual({ phase: 'serving', generation: 2, active: 'failover', run: null });
});

describe('every verb may be repeated', () => {
  test('up to the flip and after it', async () => {
    await upTo('prepared');
    await upTo('drained');
    await controller.drain(ORDER);
    await controller.flip(ORDER);
    await controller.flip(ORDER);
    await controller.resume(ORDER);
    await controller.resume(ORDER);
    expect(done.filter((effect) => effect.startsWith('flip'))).toEqual(['flip failover 2']);
  });

  test('an abort', async () => {
    await upTo('paused');
    await controller.abort(ORDER);
    await controller.abort(ORDER);
    expect(controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null });
  });
});

describe('an order that does not fit changes nothing', () => {
  test.each([
    { name: 'pause before prepare', phase: undefined, act: () => controller.pause(ORDER) },
    { name: 'flip before drain', phase: 'paused' as const, act: () => controller.flip(ORDER) },
    { name: 'resume before flip', phase: 'drained' as const, act: () => controller.resume(ORDER) },
    { name: 'abort after the flip', phase: 'flipped' as const, act: () => controller.abort(ORDER) },
    { name: 'pause after the flip', phase: 'flipped' as const, act: () => controller.pause(ORDER) },
    { name: 'pause by another run', phase: 'prepared' as const, act: () => controller.pause({ ...ORDER, runId: 'run-2' }) },
    { name: 'flip to another cluster', phase: 'drained' as const, act: () => controller.flip({ ...ORDER, to: 'third' }) },
    { name: 'prepare of a generation that does not follow', phase: undefined, act: () => controller.prepare({ ...ORDER, generation: 3 }) },
    { name: 'prepare for the active cluster', phase: undefined, act: () => controller.prepare({ ...ORDER, to: 'main' }) },
  ])('$name', async ({ phase, act }) => {
    if (phase !== undefined) await upTo(phase);
    const before = { state: controller.state, done: [...done] };
    await expect(async () => await act()).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect({ state: controller.state, done }).toEqual(before);
  });

  test('a drain with writes still unanswered leaves the node paused', async () => {
    await upTo('paused');
    isDrained = false;
    await expect(controller.drain(ORDER)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(controller.state.phase).toBe('paused');
  });

  test('a target that cannot be used leaves the node serving', async () => {
    await expect(controller.prepare({ ...ORDER, to: 'nowhere' })).rejects.toThrow('cannot be reached');
    expect(controller.state.phase).toBe('serving');
  });
});

describe('another run', () => {
  const other: SwitchOrder = { ...ORDER, runId: 'run-2' };

  test('is kept out while the lease lasts', async () => {
    await upTo('paused');
    now = 999;
    await expect(controller.prepare(other)).rejects.toMatchObject({ code: 'LOCKED' });
  });

  test('takes over when the lease has passed, and the pause of the dead run ends', async () => {
    await upTo('paused');
    now = 1001;
    await controller.prepare(other);
    expect(done).toEqual(['close gate', 'open gate']);
    expect(controller.state).toMatchObject({ phase: 'prepared', run: { runId: 'run-2' } });
  });

  test('never takes over a node that was flipped', async () => {
    await upTo('flipped');
    now = 1_000_000;
    await expect(controller.prepare({ ...other, generation: 3, to: 'main' })).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
  });
});

describe('verbs that take their time', () => {
  test('a pause is not told before no write passes any more', async () => {
    await upTo('prepared');
    const { promise, resolve } = deferred();
    closing = promise;
    const pausing = controller.pause(ORDER);
    expect(controller.state.phase).toBe('prepared');
    resolve();
    await pausing;
    expect(controller.state.phase).toBe('paused');
  });

  test('a pause that is aborted meanwhile has not paused', async () => {
    await upTo('prepared');
    const { promise, resolve } = deferred();
    closing = promise;
    const pausing = controller.pause(ORDER);
    await controller.abort(ORDER);
    resolve();
    await expect(pausing).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect(controller.state.phase).toBe('serving');
    expect(done.at(-1)).toBe('open gate');
  });

  test('a flip that fails half-way is done by the next one, and writes do not pass before', async () => {
    await upTo('drained');
    flipping = async () => await Promise.reject(new Error('worker 2 does not answer'));
    await expect(controller.flip(ORDER)).rejects.toThrow('worker 2');
    expect(controller.state).toMatchObject({ phase: 'flipped', generation: 2, active: 'failover' });
    await expect(controller.resume(ORDER)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(done).not.toContain('open gate');
    flipping = async () => {};
    await controller.flip(ORDER);
    await controller.resume(ORDER);
    expect(done.filter((effect) => effect.startsWith('remember'))).toEqual(['remember 2 failover']);
  });

  test('a flip that is asked for again while it runs is one flip, and no abort undoes it', async () => {
    await upTo('drained');
    const { promise, resolve } = deferred();
    flipping = () => promise;
    const flips = [controller.flip(ORDER), controller.flip(ORDER)];
    await expect(controller.abort(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    resolve();
    await Promise.all(flips);
    expect(done.filter((effect) => effect.startsWith('flip'))).toEqual(['flip failover 2']);
  });
});
