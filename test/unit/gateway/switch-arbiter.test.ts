import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StateLog } from '../../../src/arbiter/state-log.ts';
import type { Decision, StateRecord } from '../../../src/arbiter/state-record.ts';
import { readNodeMemory, writeNodeMemory } from '../../../src/gateway/switch/node-memory.ts';
import { SwitchArbiter } from '../../../src/gateway/switch/switch-arbiter.ts';
import { SwitchController, type SwitchEffects } from '../../../src/gateway/switch/switch-controller.ts';
import type { NodeState, Phase } from '../../../src/shared/admin-api.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { nodeState } from '../../support/observation.ts';

const ON_MAIN = { generation: 1, active: 'main' };
const PLEDGE = { runId: 'r2', generation: 2, to: 'failover' };
const decision = (kind: Decision['kind'], generation = 2, to = 'failover'): Decision => ({ kind, generation, from: to === 'main' ? 'failover' : 'main', to, runId: `r${generation}`, by: 'ann', at: '' });

let records: Record<'main' | 'failover', StateRecord[]>;
let gone: Set<string>;
let peers: (NodeState | undefined)[];

beforeEach(() => {
  records = { main: [], failover: [] };
  gone = new Set();
  peers = [];
});

function logOf(name: 'main' | 'failover'): StateLog {
  const look = (): void => {
    if (gone.has(name)) throw new GwctlError('UNAVAILABLE', `${name} cannot be reached`);
  };
  return { read: async () => (look(), [...records[name]]), append: async (record) => (look(), void records[name].push(record)), changed: async () => look() };
}

function arbiter(): SwitchArbiter {
  const asks = peers.map((state) => async () => state ?? Promise.reject(new Error('no answer')));
  return new SwitchArbiter({ node: 'gateway1', logs: new Map([['main', logOf('main')], ['failover', logOf('failover')]]), peers: asks, log: { info: () => {}, warn: () => {} } as never });
}

describe('a node that was paused when it died', () => {
  test.each<{ name: string; log: StateRecord[]; isGone?: boolean; pledge: typeof PLEDGE | undefined; kind: string }>([
    { name: 'waits while its run is not decided', log: [], pledge: PLEDGE, kind: 'wait' },
    { name: 'serves once the run was given up', log: [decision('abort')], pledge: PLEDGE, kind: 'serve' },
    { name: 'goes after a run that was committed', log: [decision('commit')], pledge: PLEDGE, kind: 'serve' },
    { name: 'waits where its run may have been committed and a peer does not know of it', log: [], isGone: true, pledge: PLEDGE, kind: 'wait' },
    { name: 'control: one that remembers no run believes that peer', log: [], isGone: true, pledge: undefined, kind: 'serve' },
  ])('$name', async ({ log, isGone = false, pledge, kind }) => {
    records.failover = log;
    if (isGone) gone.add('failover');
    peers = [nodeState('gateway2')];
    const posture = await arbiter().posture(ON_MAIN, pledge);
    expect(posture.kind).toBe(kind);
    expect(posture.standing.active).toBe(log[0]?.kind === 'commit' ? 'failover' : 'main');
    if (posture.kind === 'wait') expect(posture.intent).toMatchObject({ runId: 'r2', generation: 2, to: 'failover' });
  });

  test('has the run on its disk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gwctl-memory-'));
    const file = join(folder, 'active.json');
    await writeNodeMemory(file, { ...ON_MAIN, pledge: PLEDGE });
    expect(await readNodeMemory(file)).toEqual({ ...ON_MAIN, pledge: PLEDGE });
    await writeFile(file, JSON.stringify({ ...ON_MAIN, pledge: { runId: 7 } }));
    await expect(readNodeMemory(file)).rejects.toMatchObject({ code: 'NEEDS_OPERATOR' });
    await rm(folder, { recursive: true });
  });
});

describe('a node that cannot read the other cluster', () => {
  const peer = (phase: Phase, changes: Partial<NodeState> = {}): NodeState => nodeState('gateway2', { phase, ...changes });

  test.each<{ name: string; states: (NodeState | undefined)[]; kind: string }>([
    { name: 'believes a peer that serves', states: [peer('serving')], kind: 'serve' },
    { name: 'believes nobody while one is in a switch', states: [peer('serving'), peer('drained')], kind: 'unknown' },
    { name: 'does not mind one that is lost itself', states: [peer('serving'), peer('paused', { isLost: true })], kind: 'serve' },
    { name: 'does not mind one that is down', states: [peer('serving'), undefined], kind: 'serve' },
  ])('$name', async ({ states, kind }) => {
    gone.add('failover');
    peers = states;
    expect((await arbiter().posture(ON_MAIN)).kind).toBe(kind);
  });

  test('asks them again before it decides: what they said first may be over', async () => {
    gone.add('failover');
    const answers = [peer('serving'), peer('paused')];
    const asking = new SwitchArbiter({ node: 'gateway1', logs: new Map([['main', logOf('main')], ['failover', logOf('failover')]]), peers: [async () => answers.shift() ?? peer('paused')], log: {} as never });
    expect((await asking.posture(ON_MAIN)).kind).toBe('unknown');
  });
});

test('a later switch is looked for where it would have led to, as far as that can be read', async () => {
  records.main = [decision('commit', 3, 'main')];
  records.failover = [decision('commit')];
  expect(await arbiter().laterCommit(ON_MAIN)).toEqual({ generation: 2, active: 'failover' });
  expect(await arbiter().laterCommit({ generation: 2, active: 'failover' })).toEqual({ generation: 3, active: 'main' });
  gone.add('failover');
  expect(await arbiter().laterCommit(ON_MAIN)).toBeUndefined();
});

describe('a cluster that was given up while it was dead', () => {
  const quiet = async (): Promise<void> => {};
  const effects: SwitchEffects = {
    prepare: async () => ({ brokers: [], topicMappings: 0, virtualClusters: 0 }), drainGroups: async () => ({ members: 0, drained: 0 }), openGroups: quiet, closeGate: quiet, openGate: quiet,
    drain: async () => true, decision: async () => undefined, laterCommit: async () => undefined, posture: async (standing) => ({ kind: 'serve', standing }), remember: quiet, flip: quiet,
  };
  const serving = (generation: number, active: string): SwitchController => new SwitchController({ kind: 'serve', standing: { generation, active } }, effects);

  test('is told of the switch as soon as it can be reached, once', async () => {
    records.failover = [decision('commit')];
    gone.add('main');
    const mine = arbiter();
    await expect(mine.look('main', serving(2, 'failover'))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    gone.clear();
    await mine.look('main', serving(2, 'failover'));
    await mine.look('main', serving(2, 'failover'));
    await arbiter().look('main', serving(2, 'failover'));
    expect(records.main).toEqual([decision('commit')]);
  });

  test('is told nothing by a node that serves it, or where there was no switch', async () => {
    await arbiter().look('main', serving(1, 'main'));
    await arbiter().look('failover', serving(1, 'main'));
    expect(records).toEqual({ main: [], failover: [] });
  });
});
