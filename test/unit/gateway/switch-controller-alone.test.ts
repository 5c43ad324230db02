import { beforeEach, describe, expect, test } from 'vitest';
import { ControlledNode, ORDER } from '../../support/controlled-node.ts';

let node: ControlledNode;
beforeEach(() => {
  node = new ControlledNode();
});

describe('when the lease is over', () => {
  test('a node that was only asked goes on as if nothing had been', async () => {
    await node.upTo('prepared');
    node.now = 1001;
    await node.controller.settle();
    expect(node.controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
    expect(node.decided).toBeUndefined();
  });

  test.each(['paused', 'drained'] as const)('a node that is %s gives the switch up, and serves on where it was', async (phase) => {
    await node.upTo(phase);
    node.now = 1001;
    await node.controller.settle();
    expect(node.decided).toBe('abort');
    expect(node.controller.state).toEqual({ phase: 'serving', generation: 1, active: 'main', run: null, isLost: false });
  });

  test.each(['paused', 'drained'] as const)('a node that is %s goes after a switch that was committed', async (phase) => {
    await node.upTo(phase);
    node.decided = 'commit';
    node.now = 1001;
    await node.controller.settle();
    expect(node.done).toEqual(['pledge run-1', 'close gate', 'close gate', 'remember 2 failover', 'flip failover 2', 'open gate']);
    expect(node.controller.state).toEqual({ phase: 'serving', generation: 2, active: 'failover', run: null, isLost: false });
  });

  test('a node that was flipped lets writes pass', async () => {
    await node.upTo('flipped');
    node.now = 1001;
    await node.controller.settle();
    expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'failover' });
  });

  test('a node that can ask nobody holds writes until it can', async () => {
    await node.upTo('drained');
    node.now = 1001;
    node.isLogGone = true;
    await expect(node.controller.settle()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(node.controller.state.phase).toBe('drained');
    expect(node.done).not.toContain('open gate');
    node.isLogGone = false;
  node.later = undefined;
    await node.controller.settle();
    expect(node.controller.state.phase).toBe('serving');
  });

  test('a node that gave the switch up looks for a later one before it lets writes pass', async () => {
    await node.upTo('drained');
    node.later = { generation: 3, active: 'failover' };
    node.now = 1001;
    await node.controller.settle();
    expect(node.done).toEqual(['pledge run-1', 'close gate', 'remember 3 failover', 'flip failover 3', 'open gate']);
  });

  test('a node that is given back looks for a later switch, too', async () => {
    await node.upTo('drained');
    node.later = { generation: 3, active: 'failover' };
    await node.controller.abort(ORDER);
    expect(node.done).toEqual(['pledge run-1', 'close gate', 'close gate', 'remember 3 failover', 'flip failover 3', 'open gate']);
  });

  test('an order comes too late', async () => {
    await node.upTo('drained');
    node.decided = 'commit';
    node.now = 1001;
    await expect(node.controller.flip(ORDER)).rejects.toThrow(/lease of run run-1 ended/);
  });
});

describe('a switch that happened without this node', () => {
  test('stops its writes at once and takes it along', async () => {
    await node.controller.follow({ generation: 4, active: 'failover' });
    expect(node.done).toEqual(['close gate', 'close gate', 'remember 4 failover', 'flip failover 4', 'open gate']);
    expect(node.controller.state).toEqual({ phase: 'serving', generation: 4, active: 'failover', run: null, isLost: false });
  });

  test('does not wait for whoever hangs: it is insisted on that writes stop, which a pause does not', async () => {
    const insisted: unknown[] = [];
    node.effects.closeGate = async (insists) => void insisted.push(insists);
    await node.upTo('paused');
    await node.controller.abort(ORDER);
    await node.controller.follow({ generation: 4, active: 'failover' });
    expect(insisted).toEqual([undefined, true, true]);
  });

  test('is its own run\'s to finish while the lease lasts', async () => {
    await node.upTo('drained');
    await node.controller.follow({ generation: 2, active: 'failover' });
    expect(node.controller.state.phase).toBe('drained');
  });

  test('a later generation of the same cluster waits for what is in flight, and cuts nothing off: its producers would write it twice', async () => {
    const cuts: boolean[] = [];
    node.effects.drain = async (_timeoutMs, isCut) => cuts.push(isCut) > 0;
    await node.controller.follow({ generation: 2, active: 'main' });
    await node.controller.follow({ generation: 3, active: 'failover' });
    expect(cuts).toEqual([false, true]);
  });

  test('that is older than what it serves changes nothing', async () => {
    await node.upTo('flipped');
    await node.controller.resume(ORDER);
    const before = [...node.done];
    await node.controller.follow({ generation: 1, active: 'main' });
    expect(node.done).toEqual(before);
  });
});

describe('a node that was started in the middle of a switch', () => {
  const INTENT = { kind: 'intent', generation: 2, from: 'main', to: 'failover', runId: 'run-1', by: 'tom@host', leaseMs: 1000, at: '' } as const;

  beforeEach(() => {
    node = new ControlledNode({ kind: 'wait', standing: { generation: 1, active: 'main' }, intent: INTENT });
  });

  test('is flipped with the others, once that is committed: it has nothing to drain', async () => {
    await expect(node.controller.flip(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', message: 'flip: generation 2 is not decided' });
    expect(node.controller.state).toMatchObject({ phase: 'paused', active: 'main' });
    node.decided = 'commit';
    await node.controller.flip(ORDER);
    await node.controller.resume(ORDER);
    expect(node.controller.state).toMatchObject({ phase: 'serving', generation: 2, active: 'failover', run: null });
  });

  test('follows the commit at once when the order was given before it could hear', async () => {
    await node.controller.follow({ generation: 2, active: 'failover' });
    expect(node.controller.state).toMatchObject({ phase: 'serving', generation: 2, active: 'failover', run: null });
  });

  test('leaves it to the run once it has heard from it', async () => {
    await node.controller.pause(ORDER);
    await node.controller.follow({ generation: 2, active: 'failover' });
    expect(node.controller.state).toMatchObject({ phase: 'paused', generation: 1, active: 'main' });
  });
});

describe('a node that does not know which cluster is active', () => {
  const standing = { generation: 1, active: 'main' };

  beforeEach(() => {
    node = new ControlledNode({ kind: 'unknown', standing, why: 'failover cannot be read' });
  });

  test('holds writes and takes no order', async () => {
    expect(node.controller.state.phase).toBe('paused');
    await expect(node.controller.prepare(ORDER)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
  });

  test('serves where it did when a person says so, and nowhere else', async () => {
    await expect(node.controller.serve({ ...ORDER, to: 'failover' })).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED' });
    expect(node.controller.state).toMatchObject({ phase: 'paused', isLost: true });
    await node.controller.serve({ ...ORDER, to: 'main' });
    expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'main', isLost: false });
    await expect(node.controller.serve({ ...ORDER, to: 'main' })).rejects.toThrow('this node knows that main is active');
  });

  test('serves when it is found to be where it was', async () => {
    await node.controller.find({ kind: 'serve', standing });
    expect(node.done).toEqual(['open gate']);
    expect(node.controller.state.phase).toBe('serving');
  });

  test('moves when it is found that there was a switch', async () => {
    await node.controller.find({ kind: 'serve', standing: { generation: 2, active: 'failover' } });
    expect(node.done).toEqual(['remember 2 failover', 'flip failover 2', 'open gate']);
  });

  test('waits when a switch is under way, and gives it up when nobody comes', async () => {
    const intent = { kind: 'intent', generation: 2, from: 'main', to: 'failover', runId: 'run-9', by: 'tom@host', leaseMs: 500, at: '' } as const;
    await node.controller.find({ kind: 'wait', standing, intent });
    expect(node.controller.state).toMatchObject({ phase: 'paused', run: { runId: 'run-9' } });
    node.now = 501;
    await node.controller.settle();
    expect(node.decided).toBe('abort');
    expect(node.controller.state.phase).toBe('serving');
  });
});
