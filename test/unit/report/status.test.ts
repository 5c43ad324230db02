import { expect, test } from 'vitest';
import { PLANNED_CHECKS } from '../../../src/checks/all-checks.ts';
import { runChecks } from '../../../src/checks/check.ts';
import type { Observation } from '../../../src/checks/observation.ts';
import type { OpenRun } from '../../../src/engine/open-run.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { renderStatus } from '../../../src/report/status.ts';
import { AT, nodeState, observation } from '../../support/observation.ts';

const show = (seen: Observation, run?: OpenRun): string => renderStatus(seen, [], runChecks(PLANNED_CHECKS, seen), run, createPalette(false, {}));
const RUN: OpenRun = { runId: 'r1', by: 'tom@host', generation: 2, from: 'main', to: 'failover', isCommitted: false, leaseUntil: undefined, isSourceGone: false };

test('ready: yes, with the command', () => {
  expect(show(observation())).toMatch(/\nready to fail over to failover: yes, all 19 checks of `gwctl verify` pass\n {2}gwctl failover --to failover --expect-active main\n$/);
});

test('ready: no, because of every check that fails, with what to do', () => {
  const nodes = [{ name: 'gateway1', state: { ok: false as const, why: 'gateway gateway1 cannot be reached' } }, { name: 'gateway2', state: { ok: true as const, value: nodeState('gateway2') } }];
  const text = show(observation({ nodes, lag: { ok: false, why: 'main cannot be read' } }));
  expect(text).toMatch(/ready to fail over to failover: no, because\n {2}gateways-agree: gateway1: gateway gateway1 cannot be reached\n {4}start the node, or take it out/);
  expect(text).toContain('gateway1  unreachable');
});

test.each([
  { name: 'undecided', run: RUN, says: 'run r1 is open: main -> failover, begun by tom@host, not decided yet\n  `gwctl rollback` gives it up, `gwctl resume` makes the switch anew\n' },
  { name: 'perhaps alive', run: { ...RUN, leaseUntil: new Date(AT.getTime() + 5000) }, says: '  it may be under way still, until 2026-11-24T03:00:05.000Z; after that `gwctl rollback` gives it up' },
  { name: 'committed', run: { ...RUN, isCommitted: true, by: undefined }, says: 'run r1 is open: main -> failover, begun by somebody, decided: failover is active\n  `gwctl resume` brings it to its end\n' },
])('an open run that is $name is named with the command that ends it, and nothing is ready', ({ run, says }) => {
  const text = show(observation(), run);
  expect(text).toContain(says);
  expect(text).toMatch(/ready to fail over to failover: no, because\n {2}run r1 is open\n$/);
});
