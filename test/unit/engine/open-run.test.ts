import { beforeEach, describe, expect, test } from 'vitest';
import type { StateLog } from '../../../src/arbiter/state-log.ts';
import type { Decision, Intent, StateRecord } from '../../../src/arbiter/state-record.ts';
import type { World } from '../../../src/checks/observe-world.ts';
import { commandsToEnd, findCommittedRun, giveUpRun, noOpenRun, openRunIn, type OpenRun } from '../../../src/engine/open-run.ts';
import type { GatewayAdmin } from '../../../src/ports/gateway-admin.ts';
import type { KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import type { NodeState } from '../../../src/shared/admin-api.ts';
import { nodeState, TOPOLOGY } from '../../support/observation.ts';

const AT = '2026-01-01T03:00:00.000Z';
const LEASE_UNTIL = '2026-01-01T03:00:10.000Z';
const INTENT: Intent = { kind: 'intent', generation: 2, from: 'main', to: 'failover', runId: 'r1', by: 'tom@host', leaseMs: 10_000, at: AT };
const decision = (kind: Decision['kind']): Decision => ({ kind, generation: 2, from: 'main', to: 'failover', runId: 'r1', by: 'tom@host', at: AT });
const HELD = { runId: 'r1', generation: 2, to: 'failover', by: 'tom@host', leaseUntil: LEASE_UNTIL };
const both = (changes: Partial<NodeState>): NodeState[] => ['gateway1', 'gateway2'].map((name) => nodeState(name, changes));
const openIn = (main: readonly StateRecord[], failover: readonly StateRecord[], nodes: readonly NodeState[]): OpenRun | undefined => openRunIn(new Map([['main', main], ['failover', failover]]), nodes, TOPOLOGY);

describe('a run', () => {
  test.each<{ name: string; main: StateRecord[]; failover: StateRecord[]; nodes: NodeState[]; open: Partial<OpenRun> | undefined }>([
    { name: 'that nobody began is not open', main: [], failover: [], nodes: both({}), open: undefined },
    { name: 'whose intent stands undecided is open', main: [INTENT], failover: [], nodes: both({}), open: { runId: 'r1', by: 'tom@host', isCommitted: false, leaseUntil: undefined } },
    { name: 'that holds the nodes has their lease', main: [INTENT], failover: [], nodes: both({ phase: 'paused', run: HELD }), open: { runId: 'r1', isCommitted: false, leaseUntil: new Date(LEASE_UNTIL) } },
    { name: 'that has only asked the nodes is open, and known by them', main: [], failover: [], nodes: both({ phase: 'prepared', run: HELD }), open: { runId: 'r1', by: 'tom@host', from: 'main', to: 'failover', isCommitted: false } },
    { name: 'that was decided against is not open', main: [INTENT], failover: [decision('abort')], nodes: both({}), open: undefined },
    { name: 'that was committed is open while a node has not followed', main: [INTENT], failover: [decision('commit')], nodes: [nodeState('gateway1', { active: 'failover', generation: 2 }), nodeState('gateway2', { phase: 'drained', run: HELD })], open: { runId: 'r1', isCommitted: true } },
    { name: 'that was committed is not open when all nodes have followed', main: [INTENT], failover: [decision('commit')], nodes: both({ active: 'failover', generation: 2 }), open: undefined },
  ])('$name', ({ main, failover, nodes, open }) => {
    const found = openIn(main, failover, nodes);
    if (open === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(open);
  });

  test('that was committed can only be finished; one that was not can also be given up', () => {
    expect(commandsToEnd({ isCommitted: true } as OpenRun)).toEqual(['gwctl resume']);
    expect(commandsToEnd({ isCommitted: false } as OpenRun)).toEqual(['gwctl resume', 'gwctl rollback']);
  });
});

describe('giving up', () => {
  let nodes: NodeState[];
  let failover: StateRecord[];
  let nowMs: number;
  let whenAsked: () => void;
  let world: World;
  const notes: string[] = [];
  const clock = { now: () => new Date(Date.parse(AT) + nowMs), elapsedMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
  const run: OpenRun = { runId: 'r1', by: 'tom@host', generation: 2, from: 'main', to: 'failover', isCommitted: false, isSourceGone: false, leaseUntil: new Date(LEASE_UNTIL) };
  const giveUp = (): Promise<readonly NodeState[]> => giveUpRun(run, world, clock, (text) => void notes.push(text), new AbortController().signal);

  beforeEach(() => {
    nodes = both({ phase: 'drained', run: HELD });
    failover = [];
    nowMs = 0;
    notes.length = 0;
    whenAsked = () => {};
    const logOf = (records: StateRecord[]): StateLog => ({ read: async () => records, append: async (record) => void records.push(record), changed: async () => {} });
    const gateways = ['gateway1', 'gateway2'].map((node, index) => ({ node, state: async () => {
      whenAsked();
      return nodes[index];
    } }) as unknown as GatewayAdmin);
    const clusters = new Map([['main', { stateLog: logOf([INTENT]) } as KafkaCluster], ['failover', { stateLog: logOf(failover) } as KafkaCluster]]);
    world = { topology: TOPOLOGY, operator: 'ann@host', gateways, clusters, replicator: () => undefined };
  });

  test('a dead run waits for its lease, decides against it, and ends when every node serves on', async () => {
    whenAsked = () => {
      if (failover.length > 0) nodes = both({});
    };
    expect((await giveUp()).map(({ active }) => active)).toEqual(['main', 'main']);
    expect(nowMs).toBeGreaterThanOrEqual(10_000);
    expect(failover).toEqual([expect.objectContaining({ kind: 'abort', generation: 2, by: 'ann@host' })]);
    expect(new Set(notes)).toEqual(new Set(['it may be alive, begun by tom@host: waiting until its lease ends, at 03:00:10 UTC']));
  });

  test('a run that is alive is refused when it renews its lease, and nothing is decided', async () => {
    whenAsked = () => {
      nodes = both({ phase: 'drained', run: { ...HELD, leaseUntil: '2026-01-01T03:00:30.000Z' } });
    };
    await expect(giveUp()).rejects.toMatchObject({ code: 'LOCKED', message: 'run r1 of tom@host is alive: it holds gateway1' });
    expect(failover).toEqual([]);
  });

  test('a run that was committed meanwhile is refused: there is no way back', async () => {
    failover.push(decision('commit'));
    await expect(giveUp()).rejects.toMatchObject({ code: 'NOT_AS_EXPECTED', hint: 'finish it with `gwctl resume`' });
  });

  test('nodes that do not come back are a matter for a person', async () => {
    await expect(giveUp()).rejects.toMatchObject({ code: 'NEEDS_OPERATOR', message: 'the run was given up, but gateway1 is drained on main, gateway2 is drained on main' });
  });

  test('a run that was committed is found by its id, also when every node has gone where it led; one that was given up is not', async () => {
    nodes = both({ generation: 2, active: 'failover' });
    expect(await findCommittedRun(world, 'r1')).toBeUndefined();
    failover.push(decision('commit'));
    expect(await findCommittedRun(world, 'r1')).toMatchObject({ runId: 'r1', from: 'main', to: 'failover', generation: 2, isCommitted: true, isSourceGone: false });
    expect(await findCommittedRun(world, 'r0')).toBeUndefined();
    failover.unshift(decision('abort'));
    expect(await findCommittedRun(world, 'r1')).toBeUndefined();
  });

  test('nothing, where no run is open: a node that is lost is named with the command that it waits for', async () => {
    nodes = both({});
    expect(await noOpenRun('resume', world)).toMatchObject({ code: 'CHECK_FAILED', message: 'no run is open: nothing to resume, nothing was changed', hint: '`gwctl status` shows how things are' });
    nodes = [nodeState('gateway1', { isLost: true, phase: 'paused' }), nodeState('gateway2')];
    expect((await noOpenRun('roll back', world)).hint).toMatch(/^gateway1 holds writes .*`gwctl resume --serve CLUSTER`/);
  });
});
