import { expect, test } from 'vitest';
import { hashPlan } from '../../../src/plan/hash-plan.ts';
import { describeStep } from '../../../src/plan/plan.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { nodeState, observation } from '../../support/observation.ts';

test('the same request and observation give the same plan', () => {
  const request = { to: 'failover', expectActive: 'main' };
  expect(planSwitch(request, observation())).toEqual(planSwitch(request, observation()));
});

test('prepare, intent, drain of groups, pause, drain, proof of the tail, commit, flip, resume, proof: in this order, on every node', () => {
  const plan = planSwitch({ to: 'failover', expectActive: undefined }, observation());
  expect(plan.basis).toEqual({ active: 'main', generation: 1 });
  expect(plan.steps.map(({ kind }) => kind)).toEqual(['translate-groups', 'prepare-gateways', 'declare-intent', 'align-leaders', 'drain-groups', 'pause-gateways', 'drain-gateways', 'prove-tail', 'move-groups', 'commit-switch', 'flip-gateways', 'resume-gateways', 'prove-switch']);
  for (const step of plan.steps) if ('gateways' in step) expect(step.gateways).toEqual(['gateway1', 'gateway2']);
});

test('what producers wait for until the decision stays within the time that they may wait', () => {
  const { steps } = planSwitch({ to: 'failover', expectActive: undefined }, observation());
  const kinds = steps.map(({ kind }) => kind);
  const waits = steps.slice(kinds.indexOf('pause-gateways'), kinds.indexOf('commit-switch')).map(({ timeoutMs = Number.NaN }) => timeoutMs);
  expect(waits).toHaveLength(4);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(observation().topology.failover.pauseBudgetMs);
});

test('every step has its deadline', () => {
  for (const { kind, timeoutMs } of planSwitch({ to: 'failover', expectActive: undefined }, observation()).steps) expect([kind, typeof timeoutMs]).toEqual([kind, 'number']);
});

test('where gwctl has MirrorMaker, and it copies in transactions, its replication is taken over before anybody waits, and stays off after the switch', () => {
  const replicator = { ok: true as const, value: { connectors: [], lastHeartbeat: undefined, isExactlyOnce: true } };
  const { steps } = planSwitch({ to: 'failover', expectActive: undefined }, observation({ canTakeOver: true, replicator }));
  expect(steps.map(({ kind }) => kind)).toEqual(['translate-groups', 'prepare-gateways', 'declare-intent', 'align-leaders', 'take-over-replication', 'drain-groups', 'pause-gateways', 'drain-gateways', 'prove-tail', 'move-groups', 'commit-switch', 'flip-gateways', 'resume-gateways', 'retire-replication', 'prove-switch']);
  expect(steps.find(({ kind }) => kind === 'prove-tail')).not.toHaveProperty('waitsBecause');
});

test.each([
  { name: 'somebody else operates it', seen: {}, because: /its process is not in the hands of gwctl/, isRetired: false },
  { name: 'it does not copy in transactions', seen: { canTakeOver: true }, because: /it does not copy in transactions/, isRetired: true },
])('MirrorMaker brings the last records while clients wait when $name, and the plan says so', ({ seen, because, isRetired }) => {
  const { steps } = planSwitch({ to: 'failover', expectActive: undefined }, observation(seen));
  expect(steps.map(({ kind }) => kind)).not.toContain('take-over-replication');
  expect(steps.some(({ kind }) => kind === 'retire-replication')).toBe(isRetired);
  expect(steps.map((step) => describeStep(step, 'failover')).join('\n')).toMatch(because);
});

test('a switch to the active cluster is a plan without steps', () => {
  expect(planSwitch({ to: 'main', expectActive: undefined }, observation({ to: 'main' })).steps).toEqual([]);
});

test('but not while a node is elsewhere', () => {
  const nodes = [{ name: 'gateway1', state: { ok: true as const, value: nodeState('gateway1', { active: 'main', generation: 2 }) } }, { name: 'gateway2', state: { ok: true as const, value: nodeState('gateway2', { active: 'failover' }) } }];
  expect(planSwitch({ to: 'main', expectActive: undefined }, observation({ to: 'main', nodes, generation: 2 })).steps).not.toEqual([]);
});

test('another active cluster than the caller believes is exit 4', () => {
  expect(() => planSwitch({ to: 'failover', expectActive: 'failover' }, observation())).toThrow(expect.objectContaining({ code: 'NOT_AS_EXPECTED', exitCode: 4 }));
});

test('without any node there is no plan', () => {
  const nodes = [{ name: 'gateway1', state: { ok: false as const, why: 'ECONNREFUSED' } }];
  expect(() => planSwitch({ to: 'failover', expectActive: undefined }, observation({ nodes, active: undefined, generation: undefined }))).toThrow(/gateway1: ECONNREFUSED/);
});

test('nodes that refuse the password are a wrong configuration, exit 2, and not a reason to start anything', () => {
  const nodes = [{ name: 'gateway1', state: { ok: false as const, why: 'gateway gateway1 refuses the admin user "admin"', code: 'USAGE' as const, hint: 'set gateway.admin' } }];
  expect(() => planSwitch({ to: 'failover', expectActive: undefined }, observation({ nodes, active: undefined, generation: undefined }))).toThrow(
    expect.objectContaining({ exitCode: 2, message: 'gateway gateway1 refuses the admin user "admin"', hint: 'set gateway.admin' }),
  );
});

test('a plan has a name that stays while the world does, and changes when somebody has switched or tried to', () => {
  const request = { to: 'failover', expectActive: undefined };
  const hash = hashPlan(planSwitch(request, observation()));
  expect(hash).toMatch(/^[0-9a-f]{12}$/);
  expect(hashPlan(planSwitch(request, observation()))).toBe(hash);
  const aborted = { kind: 'abort', generation: 2, from: 'main', to: 'failover', runId: 'r', by: 'x', at: '' } as const;
  const stateLogs = new Map([['main', { ok: true, value: [] }], ['failover', { ok: true, value: [aborted] }]] as const);
  expect(hashPlan(planSwitch(request, observation({ stateLogs })))).not.toBe(hash);
});
