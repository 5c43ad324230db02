import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { haltForTests } from '../../../src/cli/halt-for-tests.ts';
import type { RunEvent } from '../../../src/engine/run-event.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const PLAN: Plan = { to: 'failover', from: 'main', basis: { active: 'main', generation: 1 }, generation: 2, steps: [{ kind: 'commit-switch' }, { kind: 'flip-gateways', gateways: ['gateway1'] }] };
const COMMIT: RunEvent = { type: 'step-started', atMs: 0, index: 0, text: '' };
const FLIP: RunEvent = { type: 'step-started', atMs: 1, index: 1, text: '' };
const DONE: RunEvent = { type: 'step-done', atMs: 1, index: 0, durationMs: 1, evidence: {} };

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-halt-'));
});
afterAll(async () => await rm(dir, { recursive: true, force: true }));

test.each([
  { name: 'no variable', variable: undefined, events: [COMMIT, FLIP] },
  { name: 'another step', variable: 'prove-tail', events: [COMMIT, FLIP] },
  { name: 'another event of the step', variable: 'commit-switch', events: [DONE] },
])('goes on: $name', async ({ variable, events }) => {
  const listener = haltForTests(PLAN, variable);
  for (const event of events) await listener(event);
});

test('stops before the step until the file is there', async () => {
  const file = join(dir, 'go:on');
  const listener = haltForTests(PLAN, `flip-gateways:${file}`);
  const there = join(dir, 'there');
  await writeFile(there, '');
  await listener(COMMIT);
  let isOver = false;
  const halted = Promise.resolve(listener(FLIP)).then(() => (isOver = true));
  // A file that is there is found meanwhile, so the missing one was looked for.
  await haltForTests(PLAN, `flip-gateways:${there}`)(FLIP);
  await haltForTests(PLAN, `flip-gateways:${there}`)(FLIP);
  expect(isOver).toBe(false);
  await writeFile(file, '');
  await halted;
});
