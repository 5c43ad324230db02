import { describe, expect, test } from 'vitest';
import type { LossBudget } from '../../../src/checks/loss-budget.ts';
import type { Loss } from '../../../src/checks/loss.ts';
import { within, type UnplannedView } from '../../../src/checks/observe-unplanned.ts';
import type { Observation } from '../../../src/checks/observation.ts';
import { runUnplannedChecks } from '../../../src/checks/unplanned-checks.ts';
import { hashPlan } from '../../../src/plan/hash-plan.ts';
import { planUnplanned } from '../../../src/plan/plan-unplanned.ts';
import { clusterView, nodeState, observation, topic } from '../../support/observation.ts';

const TEN: Loss = { topics: [{ topic: 'teamAusers', partitions: 1, records: 10, bytes: 100, seconds: 1, isExact: true }], records: 10, bytes: 100, seconds: 1, isExact: true, unknown: [], notMirrored: [] };
const REQUEST = { to: 'failover', expectActive: undefined, budget: {} };

function view(changes: Partial<UnplannedView> = {}, seen: Partial<Observation> = {}): UnplannedView {
  return { seen: observation({ clusters: new Map([['failover', clusterView()]]), stateLogs: new Map([['main', { ok: false, why: 'no answer' }], ['failover', { ok: true, value: [] }]]), ...seen }), loss: TEN, source: { ok: false, why: 'main did not answer within 300 ms' }, withoutNodes: [], answering: [], ...changes };
}

const only = (...names: readonly string[]) => names.map((name) => ({ name, state: { ok: true, value: nodeState(name) } as const }));

describe('the plan of an unplanned switch', () => {
  test('waits for nothing of the source, and reckons the loss once nobody can acknowledge any more', () => {
    const plan = planUnplanned(REQUEST, view());
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['prepare-gateways', 'fence-source', 'pause-gateways', 'cut-gateways', 'confirm-loss', 'commit-switch', 'flip-gateways', 'resume-gateways', 'prove-switch']);
    expect(plan).toMatchObject({ from: 'main', to: 'failover', generation: 2, unplanned: { loss: TEN, budget: {}, withoutNodes: [] } });
    expect(plan.steps.at(-1)).toMatchObject({ isSourceGone: true });
  });

  test('where gwctl has MirrorMaker, it stays off: a source that comes back must not be copied', () => {
    const kinds = planUnplanned(REQUEST, view({}, { canTakeOver: true })).steps.map(({ kind }) => kind);
    expect(kinds.slice(kinds.indexOf('resume-gateways'))).toEqual(['resume-gateways', 'retire-replication', 'prove-switch']);
  });

  test('has only the nodes that take part, and is another one with another loss', () => {
    const plan = planUnplanned(REQUEST, view({ withoutNodes: ['gateway2'] }, { nodes: only('gateway1') }));
    expect(plan.steps[0]).toEqual({ kind: 'prepare-gateways', gateways: ['gateway1'] });
    expect(plan.unplanned?.withoutNodes).toEqual(['gateway2']);
    expect(hashPlan(planUnplanned(REQUEST, view()))).not.toBe(hashPlan(planUnplanned(REQUEST, view({ loss: { ...TEN, records: 11 } }))));
  });

  test('leaves out no node that there is not, and is nothing where the target is active', () => {
    expect(() => planUnplanned(REQUEST, view({ withoutNodes: ['gateway7'] }))).toThrow(/"gateway7" is no gateway node \(there are gateway1, gateway2\)/);
    expect(planUnplanned({ ...REQUEST, to: 'main' }, view()).steps).toEqual([]);
  });
});

describe('the checks before it', () => {
  const statuses = (seen: UnplannedView, budget: LossBudget = { maxRecords: 10 }, isAsked = false) => Object.fromEntries(runUnplannedChecks(seen, budget, isAsked).map(({ id, status }) => [id, status]));
  const fine = { 'gateways-agree': 'pass', 'source-gone': 'pass', 'target-usable': 'pass', 'loss-allowed': 'pass' };

  test('pass when the source is gone and the loss is allowed', () => expect(statuses(view())).toEqual(fine));

  test.each<{ name: string; seen: UnplannedView; budget?: LossBudget; isAsked?: boolean; changes: Record<string, string> }>([
    { name: 'a source that answers: a planned switch loses nothing', seen: view({ source: { ok: true, value: true } }), changes: { 'source-gone': 'warn' } },
    { name: 'a node that is left out', seen: view({ withoutNodes: ['gateway2'] }, { nodes: only('gateway1') }), changes: { 'gateways-agree': 'warn' } },
    { name: 'a node that is silent', seen: view({}, { nodes: [...only('gateway1'), { name: 'gateway2', state: { ok: false, why: 'no answer' } }] }), changes: { 'gateways-agree': 'fail' } },
    { name: 'a target that cannot be read', seen: view({}, { clusters: new Map([['failover', { ok: false, why: 'no answer' }]]) }), changes: { 'target-usable': 'fail' } },
    { name: 'a target with an offline partition', seen: view({}, { clusters: new Map([['failover', clusterView({ topics: [topic('a', 1, { leader: -1 })] })]]) }), changes: { 'target-usable': 'fail' } },
    { name: 'a target that has lost a replica', seen: view({}, { clusters: new Map([['failover', clusterView({ topics: [topic('a', 1, { inSync: [1, 2] })] })]]) }), changes: { 'target-usable': 'warn' } },
    { name: 'a loss that nobody allowed', seen: view(), budget: {}, changes: { 'loss-allowed': 'fail' } },
    { name: 'a loss that a person will be asked about', seen: view(), budget: {}, isAsked: true, changes: { 'loss-allowed': 'warn' } },
    { name: 'a loss that is not known, whoever is asked', seen: view({ loss: { ...TEN, unknown: ['gateway2 does not answer'] } }), budget: {}, isAsked: true, changes: { 'loss-allowed': 'fail' } },
  ])('$name', ({ seen, budget = { maxRecords: 10 }, isAsked = false, changes }) => expect(statuses(seen, budget, isAsked)).toEqual({ ...fine, ...changes }));
});

test('who does not answer in time is not seen, and not waited for', async () => {
  expect(await within(5, 'main', () => new Promise(() => {}))).toMatchObject({ ok: false, code: 'UNAVAILABLE', why: 'main did not answer within 5 ms' });
  expect(await within(5000, 'main', async () => 7)).toEqual({ ok: true, value: 7 });
});
