import { expect, test } from 'vitest';
import { runChecks } from '../../../src/checks/check.ts';
import { PLANNED_CHECKS } from '../../../src/checks/all-checks.ts';
import type { Observation } from '../../../src/checks/observation.ts';
import { newestState } from '../../../src/checks/observe-world.ts';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { indexOfNoReturn } from '../../../src/plan/plan.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { nodeState, observation } from '../../support/observation.ts';

const topologyOf = (text: string) => parseTopology(text, { fileName: 'gwctl.yaml', portOffset: 0, baseDir: '/' });
const ALL = topologyOf('gateway: {driver: conduktor}\n');
const ONE = topologyOf('gateways: {gateway1: null, gateway2: {driver: conduktor}}\n');

/** Two nodes that serve these clusters. */
function serving(first: string, second: string, changes: Partial<Observation> = {}): Observation {
  const nodes = [first, second].map((active, index) => ({ name: `gateway${index + 1}`, state: { ok: true as const, value: nodeState(`gateway${index + 1}`, { active, generation: 0 }) } }));
  return observation({ topology: ALL, nodes, generation: 0, ...changes });
}

const request = { to: 'failover', expectActive: undefined };
const kinds = (seen: Observation): string[] => planSwitch(request, seen).steps.map((step) => ('gateway' in step ? `${step.kind} ${step.gateway}` : step.kind));

test('one call after the other, then the tail, then a record through every node', () => {
  expect(kinds(serving('main', 'main'))).toEqual(['switch-node gateway1', 'switch-node gateway2', 'await-tail', 'prove-switch']);
  expect(kinds(serving('main', 'main', { canTakeOver: true }))).toEqual(['switch-node gateway1', 'switch-node gateway2', 'await-tail', 'retire-replication', 'prove-switch']);
});

test('one node that takes no orders is enough: the others cannot hold writes for it', () => {
  const plan = planSwitch(request, observation({ topology: ONE }));
  expect(plan.steps[0]).toMatchObject({ kind: 'switch-node', gateway: 'gateway1' });
  expect(plan.unkept?.join('\n')).toMatch(/: gateway2 knows neither runs nor the log of the switch/);
});

test('control: nodes of the built-in gateway keep every promise', () => expect(planSwitch(request, observation()).unkept).toBeUndefined());

test('nodes that are there already are left alone, and when all are there is nothing to do', () => {
  expect(kinds(serving('failover', 'main'))).toEqual(['switch-node gateway2', 'await-tail', 'prove-switch']);
  expect(kinds(serving('failover', 'failover', { active: 'failover' }))).toEqual([]);
});

test('after the last call nothing is put back', () => expect(indexOfNoReturn(planSwitch(request, serving('main', 'main')))).toBe(2));

test.each([
  { name: 'the node that is not there yet says where a switch begins', to: 'failover', active: 'main' },
  { name: 'and in the other direction', to: 'main', active: 'failover' },
])('$name', ({ to, active }) => expect(newestState(serving('failover', 'main').nodes, to)?.active).toBe(active));

test('a generation counts more than that', () => {
  const nodes = [{ name: 'gateway1', state: { ok: true as const, value: nodeState('gateway1', { active: 'failover', generation: 2 }) } }, ...serving('main', 'main').nodes];
  expect(newestState(nodes, 'failover')?.active).toBe('failover');
});

const checked = (seen: Observation, id: string) => runChecks(PLANNED_CHECKS, seen).find((check) => check.id === id);

test('checks: what does not hold is a warning, and so are nodes that serve different clusters', () => {
  expect(checked(serving('main', 'main'), 'switch-promises')?.status).toBe('warn');
  expect(checked(observation(), 'switch-promises')?.status).toBe('pass');
  expect(checked(serving('main', 'main'), 'gateways-agree')).toMatchObject({ status: 'pass', evidence: 'gateway1: main, by a record through it; gateway2: main, by a record through it' });
  expect(checked(serving('failover', 'main'), 'gateways-agree')).toMatchObject({ status: 'warn', hint: expect.stringContaining('gwctl failover --to CLUSTER switches the rest') });
});

test('control: nodes of the built-in gateway that disagree are refused', () => {
  expect(checked(serving('failover', 'main', { topology: observation().topology }), 'gateways-agree')?.status).toBe('fail');
});
