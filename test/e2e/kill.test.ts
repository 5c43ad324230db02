import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runKillCase, type KillCase } from '../support/kill-case.ts';
import { openSmallKillLab, type KillLab } from '../support/kill-lab.ts';

interface Expected {
  readonly exitCodes: readonly number[];
  readonly active: 'main' | 'failover';
}

const GIVEN_UP = { exitCodes: [5], active: 'main' } as const;
const DEAD_BEFORE = { exitCodes: [-1], active: 'main' } as const;

/** Those that are given up share an environment; the last one of each list switches, and a switch is not reversed. */
const ENVIRONMENTS: readonly (readonly (KillCase & Expected)[])[] = [
  [
    { who: 'gwctl', how: 'SIGKILL', before: 'commit-switch', ...DEAD_BEFORE },
    { who: 'gwctl', how: 'SIGSTOP', before: 'commit-switch', ...GIVEN_UP },
    { who: 'gateway1', how: 'SIGKILL', before: 'drain-gateways', ...GIVEN_UP },
    { who: 'gateway1', how: 'SIGKILL', before: 'prove-tail', startsMeanwhile: true, exitCodes: [0, 7], active: 'failover' },
  ],
  // What hangs or is dead is not needed: its replication is taken over from it.
  [{ who: 'mirror-maker', how: 'SIGSTOP', before: 'take-over-replication', exitCodes: [0], active: 'failover' }],
  [{ who: 'gwctl', how: 'SIGKILL', before: 'flip-gateways', exitCodes: [-1], active: 'failover' }],
  [{ who: 'gateway2', how: 'SIGSTOP', before: 'flip-gateways', exitCodes: [7], active: 'failover' }],
];

describe.each(ENVIRONMENTS.map((cases, index) => ({ index, cases })))('environment $index', ({ cases }) => {
  let lab: KillLab;
  beforeAll(async () => {
    lab = await openSmallKillLab();
  });
  afterAll(async () => {
    await lab?.dispose();
  });

  test.each(cases)('$who $how before $before: exit $exitCodes, everybody on $active, nothing lost, doubled or torn', async ({ exitCodes, active, ...kill }) => {
    const outcome = await runKillCase(lab, kill);
    expect(outcome.problems.join('; '), outcome.stderr).toBe('');
    expect(outcome.active).toBe(active);
    expect(exitCodes, outcome.stderr).toContain(outcome.exitCode);
    expect(outcome.verdict.tellingReads).toBeGreaterThan(0);
  });
});
