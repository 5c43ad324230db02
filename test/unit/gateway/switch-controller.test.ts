import { beforeEach, describe, expect, test } from 'vitest';
import type { SwitchOrder } from '../../../src/shared/admin-api.ts';
import { ControlledNode, ORDER } from '../../support/controlled-node.ts';
import { deferred } from '../../support/deferred.ts';

let node: ControlledNode;
beforeEach(() => {
  node = new ControlledNode();
});

test('a whole switch: the new generation is on disk before the node flips, and writes pass only after resume', async () => {
  await node.upTo('flipped');
  expect(node.done).toEqual(['pledge run-1', 'close gate', 'remember 2 failover', 'flip failover 2']);
  expect(node.controller.state).toMatchObject({ phase: 'flipped', generation: 2, active: 'failover' });
  await node.controller.resume(ORDER);
  expect(node.done.at(-1)).toBe('open gate');
  expect(node.controller.state).toEqual({ phase: 'serving', generation: 2, active: 'failover', run: null, isLost: false });
});

describe('every verb may be repeated', () => {
  test('up to the flip and after it', async () => {
    await node.upTo('prepared');
    await node.upTo('drained');
    await node.controller.drain(ORDER);
    node.decided = 'commit';
    await node.controller.flip(ORDER);
    await node.controller.flip(ORDER);
    await node.controller.resume(ORDER);
    await node.controller.resume(ORDER);
    expect(node.done.filter((effect) => effect.startsWith('flip'))).toEqual(['flip failover 2']);
  });

  test('an abort', async () => {
    await node.upTo('paused');
    await node.controller.abort(ORDER);
    await node.controller.abort(ORDER);
    expect(node.controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
  });
});

describe('an order that does not fit changes nothing', () => {
  test.each([
    { name: 'pause before prepare', phase: undefined, act: () => node.controller.pause(ORDER) },
    { name: 'flip before drain', phase: 'paused' as const, act: () => node.controller.flip(ORDER) },
    { name: 'resume before flip', phase: 'drained' as const, act: () => node.controller.resume(ORDER) },
    { name: 'abort after the flip', phase: 'flipped' as const, act: () => node.controller.abort(ORDER) },
    { name: 'pause after the flip', phase: 'flipped' as const, act: () => node.controller.pause(ORDER) },
    { name: 'pause by another run', phase: 'prepared' as const, act: () => node.controller.pause({ ...ORDER, runId: 'run-2' }) },
    { name: 'flip to another cluster', phase: 'drained' as const, act: () => node.controller.flip({ ...ORDER, to: 'third' }) },
    { name: 'flip that nobody has committed', phase: 'drained' as const, act: () => node.controller.flip(ORDER) },
    { name: 'prepare of a generation that is over', phase: undefined, act: () => node.controller.prepare({ ...ORDER, generation: 1 }) },
    { name: 'prepare for the active cluster', phase: undefined, act: () => node.controller.prepare({ ...ORDER, to: 'main' }) },
  ])('$name', async ({ phase, act }) => {
    if (phase !== undefined) await node.upTo(phase);
    const before = { state: node.controller.state, done: [...node.done] };
    await expect(async () => await act()).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect({ state: node.controller.state, done: node.done }).toEqual(before);
  });

  test('a drain with writes still unanswered leaves the node paused', async () => {
    await node.upTo('paused');
    node.isDrained = false;
    await expect(node.controller.drain(ORDER)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(node.controller.state.phase).toBe('paused');
  });

  test('a target that cannot be used leaves the node serving', async () => {
    await expect(node.controller.prepare({ ...ORDER, to: 'nowhere' })).rejects.toThrow('cannot be reached');
    expect(node.controller.state.phase).toBe('serving');
  });
});

describe('another run', () => {
  const other: SwitchOrder = { ...ORDER, runId: 'run-2' };

  test('is kept out while the lease lasts', async () => {
    await node.upTo('paused');
    node.now = 999;
    await expect(node.controller.prepare(other)).rejects.toMatchObject({ code: 'LOCKED' });
  });

  test('takes over when the lease has passed, and the pause of the dead run ends', async () => {
    await node.upTo('paused');
    node.now = 1001;
    await node.controller.prepare(other);
    expect(node.done).toEqual(['pledge run-1', 'close gate', 'remember 1 main', 'open gate']);
    expect(node.controller.state).toMatchObject({ phase: 'prepared', run: { runId: 'run-2' } });
  });

  test('cannot take over what nobody can decide', async () => {
    await node.upTo('paused');
    node.now = 1001;
    node.isLogGone = true;
    await expect(node.controller.prepare(other)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(node.done).toEqual(['pledge run-1', 'close gate']);
  });

  test('finds a node that was flipped where its run had led it', async () => {
    await node.upTo('flipped');
    node.now = 1_000_000;
    await node.controller.prepare({ ...other, generation: 3, to: 'main' });
    expect(node.controller.state).toMatchObject({ phase: 'prepared', generation: 2, active: 'failover' });
  });
});

describe('verbs that take their time', () => {
  test('what the disk is needed for before the gate closes is on it when groups are drained; without that the pause does it', async () => {
    await node.upTo('prepared');
    await node.controller.drainGroups(ORDER);
    expect(node.done).toEqual(['pledge run-1']);
    await node.controller.pause(ORDER);
    expect(node.done).toEqual(['pledge run-1', 'close gate']);
    await node.controller.abort(ORDER);
    await node.controller.prepare({ ...ORDER, runId: 'run-2' });
    await node.controller.pause({ ...ORDER, runId: 'run-2' });
    expect(node.done).toEqual(['pledge run-1', 'close gate', 'remember 1 main', 'open gate', 'pledge run-2', 'close gate']);
  });

  test('a run that is given up while the disk takes its time leaves no group drained', async () => {
    await node.upTo('prepared');
    const { promise, resolve } = deferred();
    node.effects.remember = async () => await promise;
    node.effects.drainGroups = async () => {
      node.done.push('drain groups');
      return { members: 0, drained: 0 };
    };
    node.effects.openGroups = async () => void node.done.push('open groups');
    const draining = node.controller.drainGroups(ORDER).catch(() => {});
    const aborting = node.controller.abort(ORDER);
    resolve();
    await Promise.all([draining, aborting]);
    expect(node.done.at(-1)).toBe('open groups');
    await expect(node.controller.drainGroups(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
  });

  test('a pause is not told before no write passes any more', async () => {
    await node.upTo('prepared');
    const { promise, resolve } = deferred();
    node.closing = promise;
    const pausing = node.controller.pause(ORDER);
    expect(node.controller.state.phase).toBe('prepared');
    resolve();
    await pausing;
    expect(node.controller.state.phase).toBe('paused');
  });

  test('an abort waits for the pause that is under way, and ends it', async () => {
    await node.upTo('prepared');
    const { promise, resolve } = deferred();
    node.closing = promise;
    const both = Promise.all([node.controller.pause(ORDER), node.controller.abort(ORDER)]);
    resolve();
    await both;
    expect(node.controller.state.phase).toBe('serving');
    expect(node.done.at(-1)).toBe('open gate');
  });

  test('a flip that fails half-way is done by the next one, and writes do not pass before', async () => {
    await node.upTo('drained');
    node.decided = 'commit';
    node.flipping = async () => await Promise.reject(new Error('worker 2 does not answer'));
    await expect(node.controller.flip(ORDER)).rejects.toThrow('worker 2');
    expect(node.controller.state).toMatchObject({ phase: 'flipped', generation: 2, active: 'failover' });
    await expect(node.controller.resume(ORDER)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(node.done).not.toContain('open gate');
    node.flipping = async () => {};
    await node.controller.flip(ORDER);
    await node.controller.resume(ORDER);
    expect(node.done.filter((effect) => effect.startsWith('remember'))).toEqual(['remember 2 failover']);
  });

  test('a flip that is asked for again while it runs is one flip, and no abort undoes it', async () => {
    await node.upTo('drained');
    node.decided = 'commit';
    const { promise, resolve } = deferred();
    node.flipping = () => promise;
    const flips = [node.controller.flip(ORDER), node.controller.flip(ORDER)];
    const abort = node.controller.abort(ORDER);
    resolve();
    await Promise.all(flips);
    await expect(abort).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect(node.done.filter((effect) => effect.startsWith('flip'))).toEqual(['flip failover 2']);
  });
});

test('a run that leaves another cluster than the one this node serves is refused', async () => {
  await expect(node.controller.prepare({ ...ORDER, from: 'elsewhere' })).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', message: 'this node serves main, and run run-1 leaves elsewhere' });
  expect(node.controller.state).toMatchObject({ phase: 'serving', run: null });
  await node.controller.prepare({ ...ORDER, from: 'main' });
  expect(node.controller.state).toMatchObject({ phase: 'prepared' });
});
