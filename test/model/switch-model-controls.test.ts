import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { GUARDS, type Guard } from './model-node.ts';
import { MAX_STATES, SCENARIOS, TIMEOUT_MS } from './scenarios.ts';
import { switchModel } from './switch-model.ts';

const CONTROLS: readonly { readonly guard: Guard; readonly scenario: keyof typeof SCENARIOS; readonly shows: RegExp }[] = [
  { guard: 'intent-record', scenario: 'a node that nobody listed starts in the middle', shows: /^C acknowledges writes on main after/ },
  { guard: 'reads-joins', scenario: 'a node that nobody listed starts in the middle', shows: /^C acknowledges writes on main after/ },
  { guard: 'joiner-waits', scenario: 'a node that nobody listed starts in the middle', shows: /^C acknowledges writes on main after/ },
  { guard: 'asks-arbiter', scenario: 'one run; a node, gwctl and a call may fail', shows: /acknowledges writes on main after/ },
  { guard: 'fences-itself', scenario: 'an unplanned switch without one of the nodes', shows: /^nobody finds a way out/ },
  { guard: 'restart-reads', scenario: 'one run; a node, gwctl and a call may fail', shows: /acknowledges writes on main after/ },
  { guard: 'drains-first', scenario: 'one run; a node, gwctl and a call may fail', shows: /acknowledges writes on main after/ },
  { guard: 'first-decides', scenario: 'one run; a node, gwctl and a call may fail', shows: /not committed/ },
  { guard: 'joins-anew', scenario: 'two runs, there and back, past a node that nobody listed', shows: /^C acknowledges writes on failover after/ },
  { guard: 'loser-leaves', scenario: 'two runs at once; the target may be out of sight', shows: /acknowledges writes on main after/ },
  { guard: 'remembers-run', scenario: 'an unplanned switch without one of the nodes', shows: /^B acknowledges writes on main after/ },
  { guard: 'looks-first', scenario: 'a planned switch, and an unplanned one that overtakes it', shows: /^A acknowledges writes on main after/ },
  { guard: 'asks-peers-anew', scenario: 'an unplanned switch while a node starts', shows: /^C acknowledges writes on main after/ },
];

describe('the search notices', () => {
  test.each(CONTROLS.map((control) => ({ ...control, guards: GUARDS[control.guard] })))('a switch without: $guards', ({ guard, scenario, shows }) => {
    const { finding } = explore(switchModel(SCENARIOS[scenario], new Set([guard])), MAX_STATES);
    expect(finding?.why).toMatch(shows);
  }, TIMEOUT_MS);

  test('every guard is among them', () => expect(CONTROLS.map(({ guard }) => guard).toSorted()).toEqual(Object.keys(GUARDS).toSorted()));

  test('a search that is cut short', () => expect(() => explore(switchModel(SCENARIOS['one run; a call or a record may come late']), 100)).toThrow('more than 100 states'));
});
