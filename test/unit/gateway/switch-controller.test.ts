import { beforeEach, describe, expect, test } from 'vitest';
import { SwitchController, type SwitchEffects } from '../../../src/gateway/switch/switch-controller.ts';
import type { Standing } from '../../../src/arbiter/state-rules.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { deferred } from '../../support/deferred.ts';

const ORDER: SwitchOrder = { runId: 'run-1', generation: 2, to: 'failover', leaseMs: 1000 };
let done: string[];
let isDrained: boolean;
/** What the log of the switch says. */
let decided: 'commit' | 'abort' | undefined;
let isLogGone: boolean;
/** A switch that happened since, by the logs. */
let later: Standing | undefined;
let closing: Promise<void>;
let flipping: () => Promise<void>;
let now: number;
let effects: SwitchEffects;
let controller: SwitchController;

beforeEach(() => {
  done = [];
  isDrained = true;
  decided = undefined;
  isLogGone = false;
  later = undefined;
  closing = Promise.resolve();
  flipping = async () => {};
  now = 0;
  effects = {
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
    decision: async (_run, wanted) => {
      if (isLogGone) throw new GwctlError('UNAVAILABLE', 'the log cannot be read');
      decided ??= wanted;
      return decided;
    },
    posture: async (standing) => ({ kind: 'serve', standing: later ?? standing }),
    laterCommit: async () => later,
    remember: async (generation, active, pledge) => void done.push(pledge === undefined ? `remember ${generation} ${active}` : `pledge ${pledge.runId}`),
    flip: async (to, generation) => {
      done.push(`flip ${to} ${generation}`);
      await flipping();
    },
  };
  controller = new SwitchController({ kind: 'serve', standing: { generation: 1, active: 'main' } }, effects, () => now);
});

async function upTo(phase: 'prepared' | 'paused' | 'drained' | 'flipped'): Promise<void> {
  await controller.prepare(ORDER);
  if (phase === 'prepared') return;
  await controller.pause(ORDER);
  if (phase === 'paused') return;
  await controller.drain(ORDER);
  if (phase === 'drained') return;
  decided = 'commit';
  await controller.flip(ORDER);
}

test('a whole switch: the new generation is on disk before the node flips, and writes pass only after resume', async () => {
  await upTo('flipped');
  expect(done).toEqual(['pledge run-1', 'close gate', 'remember 2 failover', 'flip failover 2']);
  expect(controller.state).toMatchObject({ phase: 'flipped', generation: 2, active: 'failover' });
  await controller.resume(ORDER);
  expect(done.at(-1)).toBe('open gate');
  expect(controller.state).toEqual({ phase: 'serving', generation: 2, active: 'failover', run: null, isLost: false });
});

describe('every verb may be repeated', () => {
  test('up to the flip and after it', async () => {
    await upTo('prepared');
    await upTo('drained');
    await controller.drain(ORDER);
    decided = 'commit';
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
    expect(controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
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
    { name: 'flip that nobody has committed', phase: 'drained' as const, act: () => controller.flip(ORDER) },
    { name: 'prepare of a generation that is over', phase: undefined, act: () => controller.prepare({ ...ORDER, generation: 1 }) },
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
    expect(done).toEqual(['pledge run-1', 'close gate', 'remember 1 main', 'open gate']);
    expect(controller.state).toMatchObject({ phase: 'prepared', run: { runId: 'run-2' } });
  });

  test('cannot take over what nobody can decide', async () => {
    await upTo('paused');
    now = 1001;
    isLogGone = true;
    await expect(controller.prepare(other)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(done).toEqual(['pledge run-1', 'close gate']);
  });

  test('finds a node that was flipped where its run had led it', async () => {
    await upTo('flipped');
    now = 1_000_000;
    await controller.prepare({ ...other, generation: 3, to: 'main' });
    expect(controller.state).toMatchObject({ phase: 'prepared', generation: 2, active: 'failover' });
  });
});

describe('verbs that take their time', () => {
  test('what the disk is needed for before the gate closes is on it when groups are drained; without that the pause does it', async () => {
    await upTo('prepared');
    await controller.drainGroups(ORDER);
    expect(done).toEqual(['pledge run-1']);
    await controller.pause(ORDER);
    expect(done).toEqual(['pledge run-1', 'close gate']);
    await controller.abort(ORDER);
    await controller.prepare({ ...ORDER, runId: 'run-2' });
    await controller.pause({ ...ORDER, runId: 'run-2' });
    expect(done).toEqual(['pledge run-1', 'close gate', 'remember 1 main', 'open gate', 'pledge run-2', 'close gate']);
  });

  test('a run that is given up while the disk takes its time leaves no group drained', async () => {
    await upTo('prepared');
    const { promise, resolve } = deferred();
    effects.remember = async () => await promise;
    effects.drainGroups = async () => {
      done.push('drain groups');
      return { members: 0, drained: 0 };
    };
    effects.openGroups = async () => void done.push('open groups');
    const draining = controller.drainGroups(ORDER).catch(() => {});
    const aborting = controller.abort(ORDER);
    resolve();
    await Promise.all([draining, aborting]);
    expect(done.at(-1)).toBe('open groups');
    await expect(controller.drainGroups(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
  });

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

  test('an abort waits for the pause that is under way, and ends it', async () => {
    await upTo('prepared');
    const { promise, resolve } = deferred();
    closing = promise;
    const both = Promise.all([controller.pause(ORDER), controller.abort(ORDER)]);
    resolve();
    await both;
    expect(controller.state.phase).toBe('serving');
    expect(done.at(-1)).toBe('open gate');
  });

  test('a flip that fails half-way is done by the next one, and writes do not pass before', async () => {
    await upTo('drained');
    decided = 'commit';
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
    decided = 'commit';
    const { promise, resolve } = deferred();
    flipping = () => promise;
    const flips = [controller.flip(ORDER), controller.flip(ORDER)];
    const abort = controller.abort(ORDER);
    resolve();
    await Promise.all(flips);
    await expect(abort).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect(done.filter((effect) => effect.startsWith('flip'))).toEqual(['flip failover 2']);
  });
});

describe('when the lease is over', () => {
  test('a node that was only asked goes on as if nothing had been', async () => {
    await upTo('prepared');
    now = 1001;
    await controller.settle();
    expect(controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
    expect(decided).toBeUndefined();
  });

  test.each(['paused', 'drained'] as const)('a node that is %s gives the switch up, and serves on where it was', async (phase) => {
    await upTo(phase);
    now = 1001;
    await controller.settle();
    expect(decided).toBe('abort');
    expect(controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
  });

  test.each(['paused', 'drained'] as const)('a node that is %s goes after a switch that was committed', async (phase) => {
    await upTo(phase);
    decided = 'commit';
    now = 1001;
    await controller.settle();
    expect(done).toEqual(['pledge run-1', 'close gate', 'close gate', 'remember 2 failover', 'flip failover 2', 'open gate']);
    expect(controller.state).toEqual({ phase: 'serving', generation: 2, active: 'failover', run: null, isLost: false });
  });

  test('a node that was flipped lets writes pass', async () => {
    await upTo('flipped');
    now = 1001;
    await controller.settle();
    expect(controller.state).toMatchObject({ phase: 'serving', active: 'failover' });
  });

  test('a node that can ask nobody holds writes until it can', async () => {
    await upTo('drained');
    now = 1001;
    isLogGone = true;
    await expect(controller.settle()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(controller.state.phase).toBe('drained');
    expect(done).not.toContain('open gate');
    isLogGone = false;
  later = undefined;
    await controller.settle();
    expect(controller.state.phase).toBe('serving');
  });

  test('a node that gave the switch up looks for a later one before it lets writes pass', async () => {
    await upTo('drained');
    later = { generation: 3, active: 'failover' };
    now = 1001;
    await controller.settle();
    expect(done).toEqual(['pledge run-1', 'close gate', 'remember 3 failover', 'flip failover 3', 'open gate']);
  });

  test('a node that is given back looks for a later switch, too', async () => {
    await upTo('drained');
    later = { generation: 3, active: 'failover' };
    await controller.abort(ORDER);
    expect(done).toEqual(['pledge run-1', 'close gate', 'close gate', 'remember 3 failover', 'flip failover 3', 'open gate']);
  });

  test('an order comes too late', async () => {
    await upTo('drained');
    decided = 'commit';
    now = 1001;
    await expect(controller.flip(ORDER)).rejects.toThrow(/lease of run run-1 ended/);
  });
});

describe('a switch that happened without this node', () => {
  test('stops its writes at once and takes it along', async () => {
    await controller.follow({ generation: 4, active: 'failover' });
    expect(done).toEqual(['close gate', 'close gate', 'remember 4 failover', 'flip failover 4', 'open gate']);
    expect(controller.state).toEqual({ phase: 'serving', generation: 4, active: 'failover', run: null, isLost: false });
  });

  test('is its own run\'s to finish while the lease lasts', async () => {
    await upTo('drained');
    await controller.follow({ generation: 2, active: 'failover' });
    expect(controller.state.phase).toBe('drained');
  });

  test('a later generation of the same cluster waits for what is in flight, and cuts nothing off: its producers would write it twice', async () => {
    const cuts: boolean[] = [];
    effects.drain = async (_timeoutMs, isCut) => cuts.push(isCut) > 0;
    await controller.follow({ generation: 2, active: 'main' });
    await controller.follow({ generation: 3, active: 'failover' });
    expect(cuts).toEqual([false, true]);
  });

  test('that is older than what it serves changes nothing', async () => {
    await upTo('flipped');
    await controller.resume(ORDER);
    const before = [...done];
    await controller.follow({ generation: 1, active: 'main' });
    expect(done).toEqual(before);
  });
});

describe('a node that was started in the middle of a switch', () => {
  const INTENT = { kind: 'intent', generation: 2, from: 'main', to: 'failover', runId: 'run-1', by: 'tom@host', leaseMs: 1000, at: '' } as const;

  beforeEach(() => {
    controller = new SwitchController({ kind: 'wait', standing: { generation: 1, active: 'main' }, intent: INTENT }, effects, () => now);
  });

  test('is flipped with the others, once that is committed: it has nothing to drain', async () => {
    await expect(controller.flip(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', message: 'flip: generation 2 is not decided' });
    expect(controller.state).toMatchObject({ phase: 'paused', active: 'main' });
    decided = 'commit';
    await controller.flip(ORDER);
    await controller.resume(ORDER);
    expect(controller.state).toMatchObject({ phase: 'serving', generation: 2, active: 'failover', run: null });
  });

  test('follows the commit at once when the order was given before it could hear', async () => {
    await controller.follow({ generation: 2, active: 'failover' });
    expect(controller.state).toMatchObject({ phase: 'serving', generation: 2, active: 'failover', run: null });
  });

  test('leaves it to the run once it has heard from it', async () => {
    await controller.pause(ORDER);
    await controller.follow({ generation: 2, active: 'failover' });
    expect(controller.state).toMatchObject({ phase: 'paused', generation: 1, active: 'main' });
  });
});

test('a run that leaves another cluster than the one this node serves is refused', async () => {
  await expect(controller.prepare({ ...ORDER, from: 'elsewhere' })).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', message: 'this node serves main, and run run-1 leaves elsewhere' });
  expect(controller.state).toMatchObject({ phase: 'serving', run: null });
  await controller.prepare({ ...ORDER, from: 'main' });
  expect(controller.state).toMatchObject({ phase: 'prepared' });
});

describe('a node that does not know which cluster is active', () => {
  const standing = { generation: 1, active: 'main' };

  beforeEach(() => {
    controller = new SwitchController({ kind: 'unknown', standing, why: 'failover cannot be read' }, effects, () => now);
  });

  test('holds writes and takes no order', async () => {
    expect(controller.state.phase).toBe('paused');
    await expect(controller.prepare(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
  });

  test('serves where it did when a person says so, and nowhere else', async () => {
    await expect(controller.serve({ ...ORDER, to: 'failover' })).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect(controller.state).toMatchObject({ phase: 'paused', isLost: true });
    await controller.serve({ ...ORDER, to: 'main' });
    expect(controller.state).toMatchObject({ phase: 'serving', active: 'main', isLost: false });
    await expect(controller.serve({ ...ORDER, to: 'main' })).rejects.toThrow('this node knows that main is active');
  });

  test('serves when it is found to be where it was', async () => {
    await controller.find({ kind: 'serve', standing });
    expect(done).toEqual(['open gate']);
    expect(controller.state.phase).toBe('serving');
  });

  test('moves when it is found that there was a switch', async () => {
    await controller.find({ kind: 'serve', standing: { generation: 2, active: 'failover' } });
    expect(done).toEqual(['remember 2 failover', 'flip failover 2', 'open gate']);
  });

  test('waits when a switch is under way, and gives it up when nobody comes', async () => {
    const intent = { kind: 'intent', generation: 2, from: 'main', to: 'failover', runId: 'run-9', by: 'tom@host', leaseMs: 500, at: '' } as const;
    await controller.find({ kind: 'wait', standing, intent });
    expect(controller.state).toMatchObject({ phase: 'paused', run: { runId: 'run-9' } });
    now = 501;
    await controller.settle();
    expect(decided).toBe('abort');
    expect(controller.state.phase).toBe('serving');
  });
});
