import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../../src/checks/observe-world.ts';
import type { RunEvent } from '../../../src/engine/run-event.ts';
import { runPlan } from '../../../src/engine/run-plan.ts';
import type { Plan, StepKind } from '../../../src/plan/plan.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { planUnplanned } from '../../../src/plan/plan-unplanned.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { STEPS } from '../../../src/steps/step-registry.ts';
import { lossOf, type StepRegistry } from '../../../src/steps/step.ts';
import { observation, TOPOLOGY } from '../../support/observation.ts';

let done: string[];
let events: RunEvent[];
let failing: Map<string, GwctlError>;
let nowMs: number;

beforeEach(() => {
  done = [];
  events = [];
  failing = new Map();
  nowMs = 0;
});

const PLAN: Plan = planSwitch({ to: 'failover', expectActive: undefined }, observation());

/** The real steps' rules for undo and failure, with effects that only leave a trace. */
function tracedSteps(undoNotes: Readonly<Record<string, string>>): StepRegistry {
  const act = (what: string) => async () => {
    done.push(what);
    nowMs += 10;
    const failure = failing.get(what);
    if (failure !== undefined) throw failure;
    return {};
  };
  const undoOf = (kind: string) => async (_step: unknown, { note }: { readonly note: (text: string) => void }) => {
    const text = undoNotes[kind];
    if (text !== undefined) note(text);
    return await act(`undo ${kind}`)();
  };
  const traced = Object.entries(STEPS).map(([kind, step]) => [kind, { ...step, apply: act(kind), undo: typeof step.undo === 'function' ? undoOf(kind) : step.undo }]);
  return Object.fromEntries(traced) as StepRegistry;
}

async function run(signal: AbortSignal = new AbortController().signal, journal: (event: RunEvent) => void = () => {}, undoNotes: Readonly<Record<string, string>> = {}, steps: StepRegistry = tracedSteps(undoNotes)) {
  return await runPlan({
    runId: 'r1',
    plan: PLAN,
    world: { topology: TOPOLOGY } as World,
    canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(0), elapsedMs: () => nowMs, sleep: async () => {} },
    steps,
    signal,
    listeners: [journal, (event) => void events.push(event)],
  });
}

const fails = (kind: StepKind | `undo ${StepKind}`, code: ConstructorParameters<typeof GwctlError>[0] = 'UNAVAILABLE'): void => void failing.set(kind, new GwctlError(code, `${kind} went wrong`));

test('all steps in order, and the pause is measured from the first held write to the resume', async () => {
  const result = await run();
  expect(result).toMatchObject({ outcome: 'switched', error: undefined, writePauseMs: 70 });
  expect(done).toEqual(['translate-groups', 'prepare-gateways', 'declare-intent', 'align-leaders', 'drain-groups', 'pause-gateways', 'drain-gateways', 'prove-tail', 'move-groups', 'commit-switch', 'flip-gateways', 'resume-gateways', 'prove-switch']);
  expect(events.at(0)?.type).toBe('run-started');
  expect(events.at(-1)).toMatchObject({ type: 'run-ended', outcome: 'switched' });
});

describe('a failure', () => {
  test.each<{ at: StepKind; code?: 'LOCKED'; outcome: string; exit: number; undone: string[] }>([
    { at: 'prepare-gateways', outcome: 'refused', exit: 3, undone: ['undo prepare-gateways'] },
    { at: 'prepare-gateways', code: 'LOCKED', outcome: 'refused', exit: 8, undone: ['undo prepare-gateways'] },
    { at: 'drain-groups', outcome: 'rolled-back', exit: 5, undone: ['undo drain-groups', 'undo declare-intent', 'undo prepare-gateways'] },
    { at: 'pause-gateways', outcome: 'rolled-back', exit: 5, undone: ['undo pause-gateways', 'undo drain-groups', 'undo declare-intent', 'undo prepare-gateways'] },
    { at: 'drain-gateways', outcome: 'rolled-back', exit: 5, undone: ['undo pause-gateways', 'undo drain-groups', 'undo declare-intent', 'undo prepare-gateways'] },
    { at: 'prove-tail', outcome: 'rolled-back', exit: 5, undone: ['undo pause-gateways', 'undo drain-groups', 'undo declare-intent', 'undo prepare-gateways'] },
    { at: 'declare-intent', outcome: 'refused', exit: 3, undone: ['undo declare-intent', 'undo prepare-gateways'] },
    { at: 'commit-switch', outcome: 'rolled-back', exit: 5, undone: ['undo commit-switch', 'undo pause-gateways', 'undo drain-groups', 'undo declare-intent', 'undo prepare-gateways'] },
    { at: 'flip-gateways', outcome: 'unproven', exit: 7, undone: [] },
    { at: 'resume-gateways', outcome: 'unproven', exit: 7, undone: [] },
    { at: 'prove-switch', outcome: 'unproven', exit: 7, undone: [] },
  ])('at $at ends as $outcome, exit $exit', async ({ at, code, outcome, exit, undone }) => {
    fails(at, code);
    const result = await run();
    expect(result.outcome).toBe(outcome);
    expect(result.error?.exitCode).toBe(exit);
    expect(result.error?.message).toContain(`${at} went wrong`);
    expect(done.slice(done.indexOf(at) + 1)).toEqual(undone);
  });

  test('that cannot be undone stops there, keeps the first cause, and asks for a person', async () => {
    fails('prove-tail');
    fails('undo pause-gateways');
    const result = await run();
    expect(result.outcome).toBe('stuck');
    expect(result.error?.exitCode).toBe(6);
    expect(result.error?.message).toMatch(/prove-tail went wrong.*undo pause-gateways went wrong/);
    expect(done).not.toContain('undo prepare-gateways');
  });

  test('before writes are held says that none was', async () => {
    fails('drain-groups');
    expect((await run()).error?.message).toBe('drain-groups went wrong: given up before the switch, every node serves main again; no write was held');
  });

  test('that leaves a node behind which cannot be told says so, and does not wait for it again', async () => {
    fails('drain-gateways');
    const steps = tracedSteps({});
    const giveBack = async () => {
      done.push('give back');
      return { unreachable: ['gateway2'] };
    };
    const result = await run(undefined, () => {}, {}, { ...steps, 'pause-gateways': { ...steps['pause-gateways'], undo: giveBack }, 'drain-groups': { ...steps['drain-groups'], undo: giveBack }, 'prepare-gateways': { ...steps['prepare-gateways'], undo: giveBack } });
    expect(result.error?.message).toBe('drain-gateways went wrong: given up before the switch, gateway1 serves main again; gateway2 did not answer, and will serve main again when the lease of this run ends; writes were held, none was lost');
    expect(done.filter((what) => what === 'give back')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'step-undone').map((event) => 'index' in event && event.index)).toEqual([5, 4, 2, 1]);
  });

  test('tells what its undoing has to say', async () => {
    fails('prove-tail');
    await run(undefined, () => {}, { 'pause-gateways': 'gateway2 cannot be reached' });
    await expect.poll(() => events.filter(({ type }) => type === 'step-noted')).toEqual([{ type: 'step-noted', atMs: expect.any(Number), index: PLAN.steps.findIndex(({ kind }) => kind === 'pause-gateways'), text: 'gateway2 cannot be reached' }]);
  });

  test('of a commit that may stand is never undone', async () => {
    fails('commit-switch');
    fails('undo commit-switch', 'NEEDS_OPERATOR');
    const result = await run();
    expect(result.outcome).toBe('stuck');
    expect(done).not.toContain('undo pause-gateways');
  });
});

describe('Ctrl-C', () => {
  const interrupted = (): AbortController => new AbortController();

  test('before the commit puts everything back and says so', async () => {
    const controller = interrupted();
    const result = await run(controller.signal, (event) => {
      if (event.type === 'step-started' && event.index === 6) controller.abort(new GwctlError('INTERRUPTED', 'SIGINT'));
    });
    // The step that was under way sees the signal; the traced one does not, so the next one is not started.
    expect(result.outcome).toBe('rolled-back');
    expect(result.error?.exitCode).toBe(130);
    expect(result.error?.message).toBe('interrupted before the switch: every node serves main again; writes were held, none was lost');
    expect(done).not.toContain('flip-gateways');
    expect(done).toContain('undo pause-gateways');
  });

  test('after the commit is not honoured: half a switch is worse than a whole one', async () => {
    const controller = interrupted();
    const result = await run(controller.signal, (event) => {
      if (event.type === 'step-started' && event.index === 9) controller.abort(new GwctlError('INTERRUPTED', 'SIGINT'));
    });
    expect(result.outcome).toBe('switched');
  });
});

test('a step that cannot be written down does not act', async () => {
  const result = await run(undefined, (event) => {
    if (event.type === 'step-started' && event.index === 3) throw new GwctlError('ENVIRONMENT', 'disk full');
  });
  expect(result.outcome).toBe('rolled-back');
  expect(done).not.toContain('pause-gateways');
  expect(done).toContain('undo prepare-gateways');
});

test.each([
  { name: 'that it was decided', kind: 'commit-switch', type: 'step-done' },
  { name: 'that nodes are to follow', kind: 'flip-gateways', type: 'step-started' },
  { name: 'that writes pass again', kind: 'resume-gateways', type: 'step-done' },
] as const)('a switch that is decided goes on although nobody can write down $name: writes are held for it', async ({ kind, type }) => {
  let tried = 0;
  const result = await run(undefined, (event) => {
    if (event.type !== type || PLAN.steps[event.index]?.kind !== kind) return;
    tried++;
    throw new GwctlError('ENVIRONMENT', 'disk full');
  });
  expect(tried).toBe(1);
  expect(result).toMatchObject({ outcome: 'switched', error: undefined });
  expect(done.slice(-3)).toEqual(['flip-gateways', 'resume-gateways', 'prove-switch']);
  expect(events.filter((event) => event.type === type && PLAN.steps[event.index]?.kind === kind)).toHaveLength(1);
  expect(events).toContainEqual(expect.objectContaining({ type: 'step-noted', text: 'cannot be written down, and goes on all the same: disk full' }));
});

test('a commit that cannot be written down before it is sent is not sent', async () => {
  const result = await run(undefined, (event) => {
    if (event.type === 'step-started' && PLAN.steps[event.index]?.kind === 'commit-switch') throw new GwctlError('ENVIRONMENT', 'disk full');
  });
  expect(result.outcome).toBe('rolled-back');
  expect(done).not.toContain('commit-switch');
});

test.each([
  { evidence: { replicates: false }, says: /MirrorMaker was started again, and has not copied anything yet/ },
  { evidence: { replication: 'ended' }, says: /MirrorMaker is ended: `gwctl up` starts it again/ },
  { evidence: { replication: 'replicates' }, says: /no write was held$/ },
])('a switch that is given up says what is left to do for the replication: $evidence', async ({ evidence, says }) => {
  fails('drain-groups');
  const steps = tracedSteps({});
  const { error } = await run(undefined, undefined, {}, { ...steps, 'declare-intent': { ...steps['declare-intent'], undo: async () => evidence } });
  expect(error?.message).toMatch(says);
});

test('what is written on the log of the switch as lost is what was confirmed once nothing could be acknowledged, not what was seen before', async () => {
  const loss = (records: number) => ({ topics: [], records, bytes: 0, seconds: 0, isExact: true, unknown: [], notMirrored: [] });
  const plan = planUnplanned({ to: 'failover', expectActive: undefined, budget: {} }, { seen: observation(), loss: loss(10), source: { ok: false, why: 'main is dead' }, withoutNodes: [], answering: [] });
  const written: unknown[] = [];
  const steps = tracedSteps({});
  await runPlan({
    runId: 'r1', plan, world: { topology: TOPOLOGY } as World, canary: { physicalTopic: '', prove: async () => Promise.reject(new Error('unused')) },
    clock: { now: () => new Date(0), elapsedMs: () => nowMs, sleep: async () => {} },
    steps: { ...steps, 'confirm-loss': { ...steps['confirm-loss'], apply: async () => ({ loss: loss(5000) }) }, 'commit-switch': { ...steps['commit-switch'], apply: async (_step, context) => (written.push(lossOf(context)), {}) } },
    signal: new AbortController().signal, listeners: [],
  });
  expect(written).toEqual([{ records: 5000, isExact: true, acceptedBy: null }]);
});
