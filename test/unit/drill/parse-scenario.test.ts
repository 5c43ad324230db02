import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { parseScenario } from '../../../src/drill/parse-scenario.ts';
import { GwctlError } from '../../../src/shared/errors.ts';

const topology = parseTopology('', { fileName: 'built-in', portOffset: 0, baseDir: '/' });
const SCENARIOS = new URL('../../../scenarios/', import.meta.url);

function errorOf(text: string): GwctlError {
  try {
    parseScenario(text, 's.yaml', topology);
  } catch (reason) {
    return GwctlError.from(reason);
  }
  throw new Error('the scenario was accepted');
}

/** `path: message` of each. */
function diagnosticsOf(text: string): readonly string[] {
  const error = errorOf(text);
  expect(error.code).toBe('CONFIG');
  return error.message.split('\n').map((line) => line.replace(/^s\.yaml:\d+:\d+: error: /, ''));
}

const steps = (...lines: string[]) => `version: 1\nname: n\nsteps:\n${lines.map((line) => `  ${line}\n`).join('')}`;
const TOKEN = '- { name: t, issueToken: { gateway: gateway1, virtualCluster: teamA, username: sa, as: sa } }';

const LOAD = `${TOKEN}\n  - { name: l, startLoad: { name: orders, gateways: [gateway1], as: sa, topic: orders, group: g } }`;

describe('a scenario', () => {
  test.each(readdirSync(SCENARIOS).filter((file) => file.endsWith('.yaml')))('that is shipped is right: %s', (file) => {
    const scenario = parseScenario(readFileSync(new URL(file, SCENARIOS), 'utf8'), file, topology);
    expect(scenario.steps.length).toBeGreaterThan(3);
  });

  test('has its defaults filled in', () => {
    const { steps: [, consume, stop] } = parseScenario(
      steps(TOKEN, '- { name: c, consume: { cluster: main, topic: users, expect: { count: 0 } } }', '- { name: f, failover: { to: failover } }'), 's.yaml', topology);
    expect(consume?.input).toEqual({ cluster: 'main', topic: 'users', from: 'beginning', expect: { count: 0 }, within: 60_000 });
    expect(stop?.input).toEqual({ to: 'failover', expect: 'switched', mode: 'planned', within: 60_000 });
  });

  test('counts of a load are exact, upper limits, or what a switch has announced', () => {
    const [, , stop] = parseScenario(steps(LOAD, '- { name: x, stopLoad: { name: orders, expect: { lost: announced, duplicated: { max: 7 }, errors: 2 } } }'), 's.yaml', topology).steps;
    expect(stop?.input).toMatchObject({ expect: { lost: 'announced', duplicated: { max: 7 }, errors: 2, skipped: 0, unseen: 0, reordered: 0 } });
  });

  test('an alias is the record that its anchor is', () => {
    const { steps: [, first, second] } = parseScenario(
      steps(TOKEN, '- { name: p, produce: { cluster: main, topic: users, records: [&tom { name: tom }] } }', '- { name: c, consume: { cluster: main, topic: users, expect: { records: [*tom] } } }'), 's.yaml', topology);
    expect(first?.input).toMatchObject({ records: [{ name: 'tom' }] });
    expect(second?.input).toMatchObject({ expect: { records: [{ name: 'tom' }] } });
  });

  test('that a step without settings needs none', () => {
    expect(parseScenario(steps('- { name: d, down: }'), 's.yaml', topology).steps[0]).toEqual({ name: 'd', kind: 'down', input: {} });
  });
});

describe('what is wrong is said with its place', () => {
  test.each([
    { name: 'nothing', text: '', says: ['version: missing', 'name: missing', 'steps: missing'] },
    { name: 'a version of tomorrow', text: 'version: 2\nname: n\nsteps: [{ name: d, down: }]', says: ['version: 2 is not a known version of this file (1)'] },
    { name: 'no steps', text: 'version: 1\nname: n\nsteps: []', says: ['steps: a list has no entry'] },
    { name: 'an unknown key', text: 'version: 1\nnam: n\nname: n\nsteps: [{ name: d, down: }]', says: ['nam: unknown key (did you mean "name"?)'] },
    { name: 'a step that is text', text: steps('- down'), says: [expect.stringMatching(/^steps\[0\]: is not a step/)] },
    { name: 'a step without a name', text: steps('- { down: }'), says: ['steps[0]: the step has no name'] },
    { name: 'a step that does nothing', text: steps('- { name: x }'), says: [expect.stringMatching(/^steps\[0\]: the step does nothing: it needs one of issueToken, /)] },
    { name: 'a step that does two things', text: steps('- { name: x, down: , verify: { to: failover } }'), says: ['steps[0].verify: the step does down already (allowed: one thing a step)'] },
    { name: 'an unknown step', text: steps('- { name: x, failver: { to: failover } }'), says: ['steps[0].failver: unknown step (did you mean "failover"?)'] },
    { name: 'an unknown setting', text: steps('- { name: x, failover: { too: failover } }'), says: ['steps[0].failover.to: missing', 'steps[0].failover.too: unknown key (did you mean "to"?)'] },
    { name: 'an unknown setting further inside', text: steps('- { name: x, consume: { cluster: main, topic: t, expect: { counts: 1 } } }'), says: ['steps[0].consume.expect.counts: unknown key (did you mean "count"?)'] },
    { name: 'a value of another type', text: steps('- { name: x, verify: { to: failover, within: 5 } }'), says: ['steps[0].verify.within: 5 is not a duration like 500ms, 20s or 2m'] },
    { name: 'a value that is not allowed', text: steps('- { name: x, failover: { to: failover, expect: maybe } }'), says: ['steps[0].failover.expect: "maybe" is not one of switched, refused, no-op'] },
    { name: 'an unknown cluster', text: steps('- { name: x, failover: { to: failovr } }'), says: ['steps[0].failover.to: no cluster named "failovr" (did you mean "failover"?)'] },
    { name: 'an unknown gateway', text: steps('- { name: x, failover: { to: failover, nodes: [gateway3] } }'), says: ['steps[0].failover.nodes[0]: no gateway named "gateway3" (did you mean "gateway1"?)'] },
    { name: 'a token that nobody issued', text: steps(TOKEN, '- { name: x, produce: { gateway: gateway1, as: sb, topic: t, records: [a] } }'), says: ['steps[1].produce.as: no token was issued as "sb" before this step (did you mean "sa"?)'] },
    { name: 'a token that is issued later', text: steps('- { name: x, produce: { gateway: gateway1, as: sa, topic: t, records: [a] } }', TOKEN), says: ['steps[0].produce.as: no token was issued as "sa" before this step (none is defined)'] },
    { name: 'neither gateway nor cluster', text: steps('- { name: x, produce: { topic: t, records: [a] } }'), says: ['steps[0].produce: needs gateway and as, or cluster'] },
    { name: 'gateway and cluster', text: steps(TOKEN, '- { name: x, produce: { gateway: gateway1, as: sa, cluster: main, topic: t, records: [a] } }'), says: ['steps[1].produce.cluster: gateway is given, too (allowed: gateway and as, or cluster)'] },
    { name: 'a gateway without a token', text: steps('- { name: x, produce: { gateway: gateway1, topic: t, records: [a] } }'), says: ['steps[0].produce: needs the token that it goes through the gateway with (as)'] },
    { name: 'nothing expected', text: steps('- { name: x, consume: { cluster: main, topic: t, expect: {} } }'), says: ['steps[0].consume.expect: expects nothing: it needs records, contains, absent or count'] },
    { name: 'a load that does not run', text: steps('- { name: x, stopLoad: { name: orders } }'), says: ['steps[0].stopLoad.name: no load "orders" runs at this step (none is defined)'] },
    { name: 'a loss that a planned switch may not have', text: steps('- { name: x, failover: { to: failover, maxLossRecords: 5 } }'), says: ['steps[0].failover.maxLossRecords: a planned switch loses nothing and leaves no node out (allowed with mode: unplanned)'] },
    { name: 'an unknown node that is left out', text: steps('- { name: x, failover: { to: failover, mode: unplanned, withoutNodes: [gateway3] } }'), says: ['steps[0].failover.withoutNodes[0]: no gateway named "gateway3" (did you mean "gateway1"?)'] },
    { name: 'a number of lost records that is none', text: steps(LOAD, '- { name: x, stopLoad: { name: orders, expect: { lost: some } } }'), says: ['steps[2].stopLoad.expect.lost: "some" is not a whole number from 0 on, { max: such a number } or announced'] },
    { name: 'an upper limit that is none', text: steps(LOAD, '- { name: x, stopLoad: { name: orders, expect: { duplicated: { max: -1 } } } }'), says: ['steps[2].stopLoad.expect.duplicated.max: -1 is not a whole number from 0 to 9007199254740991'] },
    { name: 'two faults at once', text: steps('- { name: x, fault: { kill: main-1, start: main-2 } }'), says: ['steps[0].fault: needs exactly one of kill, stop and start'] },
    { name: 'a key twice', text: 'version: 1\nname: n\nname: m\nsteps: []', says: [expect.stringMatching(/^map keys must be unique/)] },
    { name: 'an alias without its anchor', text: steps('- { name: x, down: *nothing }'), says: [expect.stringMatching(/alias/)] },
  ])('$name', ({ text, says }) => expect(diagnosticsOf(text)).toEqual(says));

  test.each([
    { name: 'a wrong value, at the value', step: '- { name: x, failover: { to: failovr } }', at: 'failovr }' },
    { name: 'a wrong key, at the key', step: '- { name: x, failver: { to: failover } }', at: 'failver' },
    { name: 'a wrong key further inside, at the key', step: '- { name: x, consume: { cluster: main, topic: t, expect: { counts: 1 } } }', at: 'counts' },
    { name: 'something missing, at its section', step: '- { name: x, failover: { nodes: [gateway1] } }', at: '{ nodes' },
    { name: 'a step without a name, at the step', step: '- { down: }', at: '{ down' },
  ])('$name', ({ step, at }) => {
    const text = steps(step);
    const line = text.split('\n').findIndex((candidate) => candidate.includes(at));
    const column = text.split('\n')[line]?.indexOf(at) ?? -1;
    expect(errorOf(text).message).toMatch(new RegExp(`^s\\.yaml:${line + 1}:${column + 1}: error: `));
  });

  test('all of it at once, in the order of the file', () => {
    const text = steps('- { name: x, failover: { to: nowhere } }', '- { down: }', '- { name: y, consum: {} }', '- { name: z, verify: { to: 3 } }');
    expect(diagnosticsOf(text).map((line) => line.split(': ')[0])).toEqual(['steps[0].failover.to', 'steps[1]', 'steps[2].consum', 'steps[3].verify.to']);
  });
});
