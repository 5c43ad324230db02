import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ONE_BROKER_EACH, startEnvironment, type TestEnvironment } from '../support/environment.ts';

let environment: TestEnvironment;

beforeAll(async () => {
  environment = await startEnvironment([], ONE_BROKER_EACH);
});
afterAll(async () => await environment.dispose());

/** Flow style: a step a line. */
async function drill(steps: readonly string[], ...flags: readonly string[]) {
  const file = join(environment.stateDir, 'scenario.yaml');
  await writeFile(file, `version: 1\nname: probe\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`);
  return await environment.gwctl(['drill', file, ...flags]);
}

const TOKEN = '{ name: token, issueToken: { gateway: gateway2, virtualCluster: teamA, username: sa, as: sa } }';
const WRITE = '{ name: write, produce: { gateway: gateway2, as: sa, topic: users, records: [tom, florent] } }';
const LAST = '{ name: last, expectTopics: { cluster: main, contains: [heartbeats] } }';

test('an environment that was running before is not taken down: refused, and it runs on', async () => {
  const { exitCode, stderr } = await drill([LAST], '--up', '--down');
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/^error: environment default is running already \(main-1, .*nothing was changed$/m) });
  expect(await drill([LAST])).toMatchObject({ exitCode: 0 });
});

test('an expectation that fails before any switch: exit 3 with both sides, and the rest is skipped', async () => {
  const { exitCode, stdout, stderr } = await drill([
    TOKEN,
    '{ name: topic, createTopic: { gateway: gateway2, as: sa, topic: users, ifNotExists: true } }',
    WRITE,
    '{ name: read, consume: { cluster: main, topic: teamAusers, expect: { records: [tom, thibaut] } } }',
    LAST,
  ]);
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(/expected: 2 records: tom · thibaut\n *seen: +2 records: tom · florent/);
  expect(stderr).toMatch(/error: step 4 "read": .*nothing was switched before it; exit 3.*gateway1 serves main, gateway2 serves main/);
  expect(stdout).toMatch(/^FAIL +read/m);
  expect(stdout).toMatch(/^skip +last/m);
});

test('what must be absent and is there fails, without waiting', async () => {
  const { exitCode, stderr } = await drill(['{ name: absent, consume: { cluster: main, topic: teamAusers, expect: { absent: [tom] } } }']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringMatching(/expected: no tom/) });
  expect(stderr).not.toMatch(/waited/);
});

test('a group reads through a gateway what is there, and one record too many is seen', async () => {
  const read = (expected: string) => `{ name: read, consume: { gateway: gateway1, as: sa, topic: users, expect: { records: [${expected}] } } }`;
  expect(await drill([TOKEN, read('tom, florent')])).toMatchObject({ exitCode: 0 });
  expect(await drill([TOKEN, read('tom')])).toMatchObject({ exitCode: 3 });
});

test('a gateway that is killed shows, and works again when it is started', async () => {
  const { exitCode, stderr } = await drill([
    '{ name: kill, fault: { kill: gateway2 } }',
    '{ name: refused, verify: { to: failover, expect: refused, failing: [gateways-agree] } }',
    '{ name: start, fault: { start: gateway2 } }',
    '{ name: ready, verify: { to: failover } }',
  ]);
  expect(exitCode, stderr).toBe(0);
});

test('an expectation that fails after a switch: exit 7, and it says what the gateways serve', async () => {
  const { exitCode, stderr } = await drill([
    '{ name: ready, verify: { to: failover } }',
    '{ name: switch, failover: { to: failover } }',
    '{ name: again, failover: { to: failover, expect: no-op } }',
    '{ name: topics, expectTopics: { cluster: failover, contains: [nothing-of-this-name], within: 100ms } }',
    '{ name: clean up, down: }',
  ]);
  expect(exitCode, stderr).toBe(7);
  expect(stderr).toMatch(/error: step 4 "topics": .*gateways were switched before it; exit 7.*gateway1 serves failover, gateway2 serves failover/);
});

test('a step that takes down leaves alone what the drill did not bring up', async () => {
  expect(await drill(['{ name: down, down: }', LAST])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('left running') });
});
