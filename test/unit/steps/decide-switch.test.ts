import { beforeEach, describe, expect, test } from 'vitest';
import type { StateLog } from '../../../src/arbiter/state-log.ts';
import type { Intent, StateRecord } from '../../../src/arbiter/state-record.ts';
import type { World } from '../../../src/checks/observe-world.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import type { KafkaCluster } from '../../../src/ports/kafka-cluster.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { declareIntent } from '../../../src/steps/decide-switch.ts';
import type { StepContext } from '../../../src/steps/step.ts';
import { observation, TOPOLOGY } from '../../support/observation.ts';

const PLAN = planSwitch({ to: 'failover', expectActive: undefined }, observation());
const STEP = { kind: 'declare-intent', gateways: ['gateway1', 'gateway2'] } as const;
const AT = '2026-01-01T03:00:00.000Z';

let main: StateRecord[];
let failover: StateRecord[];
/** The answer to an append on main is lost; the record comes to light when the test says so. */
let isMainDeaf: boolean;
let unseen: StateRecord[];
let context: StepContext;

beforeEach(() => {
  main = [];
  failover = [];
  isMainDeaf = false;
  unseen = [];
  const logOf = (records: StateRecord[]): StateLog => ({
    read: async () => [...records],
    append: async (record) => {
      if (records === main && isMainDeaf) {
        unseen.push(record);
        throw new GwctlError('UNAVAILABLE', 'no answer', { details: { maybeWritten: true } });
      }
      records.push(record);
    },
    changed: async () => {},
  });
  const clusters = new Map([['main', main], ['failover', failover]].map(([name, records]) => [name, { stateLog: logOf(records as StateRecord[]) } as KafkaCluster] as const)) as World['clusters'];
  context = {
    runId: 'r1',
    plan: PLAN,
    world: { topology: TOPOLOGY, operator: 'tom@host', gateways: [], clusters, replicator: () => undefined },
    canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(AT), elapsedMs: () => 0, sleep: async () => {} },
    hasCommitted: false,
    signal: new AbortController().signal,
    note: () => {},
  };
});

async function undo(): Promise<void> {
  if (typeof declareIntent.undo !== 'function') throw new Error('an intent can be undone');
  await declareIntent.undo(STEP, context);
}

const joined = (node: string): StateRecord => ({ kind: 'join', node, start: 's', at: AT });
const intentOf = (runId: string, generation = PLAN.generation): Intent => ({ kind: 'intent', generation, from: 'main', to: 'failover', runId, by: 'ann@host', leaseMs: 1000, at: AT });
const kinds = (records: readonly StateRecord[]): readonly string[] => records.map(({ kind }) => kind);

test('an intent is on the log of the cluster that is left, with who declared it', async () => {
  await declareIntent.apply(STEP, context);
  expect(main).toEqual([expect.objectContaining({ kind: 'intent', generation: 2, runId: 'r1', by: 'tom@host' })]);
});

test('an intent whose answer was lost is decided against, so that it does not stand undecided when it comes to light', async () => {
  isMainDeaf = true;
  await expect(declareIntent.apply(STEP, context)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await undo();
  main.push(...unseen);
  expect(kinds(failover)).toEqual(['abort']);
  expect(failover[0]).toMatchObject({ generation: 2, runId: 'r1' });
});

test('where no log can be written the nodes are given back all the same, and what stands is said: only this run could have committed', async () => {
  const notes: string[] = [];
  const clusters = new Map([...context.world.clusters].map(([name]) => [name, { stateLog: { read: async () => [], append: async () => Promise.reject(new GwctlError('UNAVAILABLE', `${name} is gone`)), changed: async () => {} } as StateLog } as KafkaCluster]));
  context = { ...context, world: { ...context.world, clusters }, note: (text) => void notes.push(text) };
  await undo();
  expect(notes).toEqual(['nobody could write down that the switch is given up (main is gone): if its intent stands on main, a node that starts waits for its lease; `gwctl rollback` ends that']);
});

test('the intent of another run that was first is not decided by this one', async () => {
  main.push(intentOf('r0'));
  await undo();
  expect([kinds(main), kinds(failover)]).toEqual([['intent'], []]);
});

describe('a node that is registered and not in this run', () => {
  test('is a reason to refuse before anything is written, and nothing of the run that holds it is decided', async () => {
    main.push(joined('gateway1'), joined('gateway3'), intentOf('r0', 2));
    await expect(declareIntent.apply(STEP, context)).rejects.toMatchObject({ code: 'CHECK_FAILED', message: 'gateway3 serves main, too, and would be left behind' });
    expect([kinds(main), kinds(failover)]).toEqual([['join', 'join', 'intent'], []]);
  });

  test('but without it what a dead run has left is decided, and this one goes on', async () => {
    main.push(joined('gateway1'), intentOf('r0', 2));
    context = { ...context, plan: { ...PLAN, generation: 3 } };
    await declareIntent.apply(STEP, context);
    expect(failover).toEqual([expect.objectContaining({ kind: 'abort', generation: 2, runId: 'r0' })]);
    expect(kinds(main)).toEqual(['join', 'intent', 'abort', 'intent']);
  });
});
