import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awaitReady } from '../support/await-ready.ts';
import type { GwctlResult } from '../support/environment.ts';
import { awaitCondition, openSmallKillLab, type KillLab } from '../support/kill-lab.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';

/** People at the keyboard: who wants out in the middle, and two who begin at the same second. */
let lab: KillLab;
beforeAll(async () => {
  lab = await openSmallKillLab();
});
afterAll(async () => await lab?.dispose());

/** Every third step up to the decision, and the last: undoing is the engine's, and the same after each. */
const BEFORE_THE_DECISION = SWITCH_STEPS.slice(0, SWITCH_STEPS.indexOf('commit-switch')).filter((_, index, steps) => index % 3 === 0 || index === steps.length - 1);

async function expectUnharmed(active: 'main' | 'failover'): Promise<void> {
  expect(await lab.settled()).toBe(active);
  const { lost, doubled, torn } = await lab.probe.judge(active === 'main' ? 'source' : 'target');
  expect({ lost, doubled, torn }).toEqual({ lost: [], doubled: [], torn: [] });
}

describe('a signal', () => {
  test.each(BEFORE_THE_DECISION.map((before, index) => ({ before, signal: index % 2 === 0 ? ('SIGINT' as const) : ('SIGTERM' as const) })))(
    '$signal before $before puts everything back: exit 130, every node serves main',
    async ({ before, signal }) => {
      const { exitCode, stderr } = await lab.runTo(before, async ({ gwctl }) => gwctl.signal(signal));
      expect(exitCode, stderr).toBe(130);
      expect(stderr).toContain(`interrupted by ${signal}: the run stops at the next safe point and puts everything back`);
      expect(stderr).toMatch(/error: interrupted before the switch: every node serves main again; (no write was held|writes were held, none was lost)\n {2}hint: what happened in this run: `gwctl report \S+`/);
      await expectUnharmed('main');
    },
  );

  test('a second signal ends gwctl at once, and it says what to do; the nodes settle by themselves', async () => {
    const { exitCode, stderr } = await lab.runTo('drain-gateways', async ({ gwctl }) => {
      gwctl.signal('SIGINT');
      gwctl.signal('SIGTERM');
      await gwctl.result;
    });
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/error: ended at once by a second SIG(INT|TERM): what was under way was not put back\n {2}hint: `gwctl status`/);
    await expectUnharmed('main');
    // It has taken the replication over, and nobody gave it back.
    expect((await lab.environment.gwctl(['rollback', '--yes'])).exitCode).toBe(0);
  });
});

/** Two `gwctl failover` that stand before their first step, and go on at the same moment. Once one has ended, the other is interrupted. */
async function raceTwo(): Promise<readonly GwctlResult[]> {
  const { environment } = lab;
  await awaitReady(environment.gwctl, 60_000);
  const runs = join(environment.dir, 'runs');
  await mkdir(runs, { recursive: true });
  const before = (await readdir(runs)).length;
  const goFile = join(environment.stateDir, `race-${before}`);
  const both = [0, 1].map(() => environment.startGwctl(['failover', '--to', 'failover', '--yes'], { env: { GWCTL_TEST_HALT_BEFORE: `prepare-gateways:${goFile}` } }));
  await awaitCondition(60_000, 'both runs stand before their first step', async () => (await readdir(runs)).length === before + 2);
  await writeFile(goFile, '');
  await Promise.race(both.map(({ result }) => result));
  for (const run of both) run.signal('SIGINT');
  return await Promise.all(both.map(({ result }) => result));
}

describe('two operators at the same second', () => {
  test.each([1, 2])('one of them goes on, and the other is told who: exit 8 (round %i)', async () => {
    const results = await raceTwo();
    const codes = results.map(({ exitCode }) => exitCode);
    expect(codes.toSorted(), results.map(({ stderr }) => stderr).join('\n')).toEqual([130, 8]);
    expect(results.find(({ exitCode }) => exitCode === 8)?.stderr).toMatch(/error: gateway gateway\d: run \S+ of \S+@\S+ holds this node until \S+: nothing was changed, main is active/);
    await expectUnharmed('main');
  });
});

test('a signal after the decision is too late: the switch is finished first, exit 0, and it says so', async () => {
  const { exitCode, stderr, stdout } = await lab.runTo('flip-gateways', async ({ gwctl }) => gwctl.signal('SIGTERM'));
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('interrupted by SIGTERM: the switch is decided already, so it is finished first');
  expect(stdout).toMatch(/^switched to failover: generation \d+/);
  await expectUnharmed('failover');
});
