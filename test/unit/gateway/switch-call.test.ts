import { beforeEach, expect, test } from 'vitest';
import { switchThisNode, type CalledNode } from '../../../src/gateway/admin/switch-call.ts';
import { SwitchController, type SwitchEffects } from '../../../src/gateway/switch/switch-controller.ts';
import { deferred, type Deferred } from '../../support/deferred.ts';

const BY = { user: 'admin', address: '127.0.0.1' } as const;
const COMMIT = { generation: 2, active: 'failover' } as const;
/** What the node's flip, and its next generation, wait for. */
let flipping: Deferred;
let counting: Deferred;
let verbs: string[];
let node: CalledNode;

beforeEach(() => {
  flipping = deferred();
  counting = deferred();
  verbs = [];
  const effects: SwitchEffects = {
    prepare: async () => ({ brokers: [1], topicMappings: 0, virtualClusters: 0 }),
    drainGroups: async () => ({ members: 0, drained: 0 }),
    openGroups: async () => {},
    closeGate: async () => {},
    openGate: async () => {},
    drain: async () => true,
    decision: async () => 'commit',
    posture: async (standing) => ({ kind: 'serve', standing }),
    laterCommit: async () => undefined,
    remember: async () => {},
    flip: async () => await flipping.promise,
  };
  const controller = new SwitchController({ kind: 'serve', standing: { generation: 1, active: 'main' } }, effects);
  node = {
    controller,
    audit: { record: (event) => void (event.kind === 'switch' && verbs.push(`${String(event.details?.['verb'])} ${String(event.details?.['outcome'])}`)) },
    nextGeneration: async () => {
      await counting.promise;
      return 2;
    },
    commit: async () => 'commit',
  };
});

/** Whether the call is over, as soon as all that can happen without the test has happened. */
async function isOver(call: Promise<void>): Promise<boolean> {
  return await Promise.race([call.then(() => true), new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
}

test('does every step, and is done when the node serves', async () => {
  counting.resolve();
  const call = switchThisNode(node, 'main', 'failover', BY);
  expect(await isOver(call)).toBe(false);
  flipping.resolve();
  await call;
  expect(verbs).toEqual(['prepare done', 'pause done', 'drain done', 'flip done', 'resume done']);
  expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'failover' });
});

test('a node that is on its way already has arrived when the call is answered', async () => {
  const following = node.controller.follow(COMMIT);
  await new Promise((resolve) => setImmediate(resolve));
  expect(node.controller.state).toMatchObject({ phase: 'flipped', active: 'failover' });
  const call = switchThisNode(node, 'main', 'failover', BY);
  expect(await isOver(call)).toBe(false);
  flipping.resolve();
  await Promise.all([call, following]);
  expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'failover' });
  expect(verbs).toEqual([]);
});

test('so has one that sets out while the call asks for a generation', async () => {
  const call = switchThisNode(node, 'main', 'failover', BY);
  const following = node.controller.follow(COMMIT);
  counting.resolve();
  expect(await isOver(call)).toBe(false);
  flipping.resolve();
  await Promise.all([call, following]);
  expect(verbs).toEqual(['prepare NOT_AS_EXPECTED']);
  expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'failover' });
});

test.each([
  { step: 'drain', seen: ['prepare done', 'pause done', 'drain NOT_AS_EXPECTED', 'abort done'] },
  { step: 'commit', seen: ['prepare done', 'pause done', 'drain done', 'flip NOT_AS_EXPECTED'] },
])('and one that is taken along in the middle of the call, at its $step', async ({ step, seen }) => {
  const { controller } = node;
  let following: Promise<void> | undefined;
  const takeAlong = async (at: string): Promise<void> => {
    if (at !== step || following !== undefined) return;
    following = controller.follow(COMMIT);
    flipping.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const record = node.audit.record;
  node = {
    ...node,
    // Another one than that of the commit: a node does not follow its own.
    nextGeneration: async () => 3,
    audit: { record: (event) => {
      record(event);
      if (event.kind === 'switch' && event.details?.['verb'] === 'pause') void takeAlong('drain');
    } },
    commit: async () => {
      await takeAlong('commit');
      return 'commit';
    },
  };
  await switchThisNode(node, 'main', 'failover', BY);
  await following;
  expect(verbs).toEqual(seen);
  expect(controller.state).toMatchObject({ phase: 'serving', active: 'failover', generation: 2 });
});

test('an order that nobody can carry out is put back, and says why', async () => {
  const aborted = { ...node, commit: async () => 'abort' as const, nextGeneration: async () => 2 };
  await expect(switchThisNode(aborted, 'main', 'failover', BY)).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', message: 'generation 2 was given up by another run' });
  expect(verbs).toEqual(['prepare done', 'pause done', 'drain done', 'abort done']);
  expect(node.controller.state).toMatchObject({ phase: 'serving', active: 'main' });
});

test('a node that holds writes where it arrives is not done', async () => {
  const { controller } = node;
  await controller.prepare({ runId: 'run-1', generation: 2, to: 'failover', leaseMs: 60_000 });
  await controller.pause({ runId: 'run-1', generation: 2, to: 'failover', leaseMs: 60_000 });
  await expect(switchThisNode(node, 'failover', 'main', BY)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'this node is paused on main, and holds writes' });
});
