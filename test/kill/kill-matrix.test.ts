import { afterAll, expect, test } from 'vitest';
import { runKillCase, type KillCase, type KillOutcome } from '../support/kill-case.ts';
import { openKeptRows } from '../support/kept-rows.ts';
import { openKillLab, type KillLab } from '../support/kill-lab.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { shuffle } from '../support/shuffle.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';

/**
 * `npm run test:kill` sets these: a seed for the order, an end in minutes, whose cases are wanted (all without it), and a file that keeps what was
 * run, so that the matrix can be run in parts: a case that is in it already is not run again.
 */
const SEED = Number(process.env['GWCTL_KILL_SEED'] ?? 1);
const MINUTES = Number(process.env['GWCTL_KILL_MINUTES'] ?? Number.POSITIVE_INFINITY);
const WANTED = (process.env['GWCTL_KILL_WHO'] ?? '').split(',').filter((name) => name !== '');

const PARTICIPANTS = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'main-1', 'failover-1'] as const;
/** From here on MirrorMaker has no process. */
const TAKEN_OVER = SWITCH_STEPS.indexOf('take-over-replication');
const CASES: readonly KillCase[] = PARTICIPANTS.flatMap((who) => SWITCH_STEPS.flatMap((before, index) => {
  if (who === 'mirror-maker' && index > TAKEN_OVER) return [];
  // What gwctl leaves behind undecided may be given up or begun anew: by turns.
  const ending = who === 'gwctl' && index % 2 === 0 ? 'resume' : 'rollback';
  const kills: KillCase[] = [{ who, how: 'SIGKILL', before, ending }, { who, how: 'SIGSTOP', before }];
  return who.startsWith('gateway') ? [...kills, { who, how: 'SIGKILL' as const, before, startsMeanwhile: true }] : kills;
})).filter(({ who }) => WANTED.length === 0 || WANTED.includes(who));
const CASE_MS = 600_000;

const started = performance.now();
const { rows, keep, has } = openKeptRows(process.env['GWCTL_KILL_ROWS'] ?? '');
const left = CASES.filter((kill) => !has(nameOf(kill)));
let lab: KillLab | undefined;

afterAll(async () => {
  await lab?.dispose();
  process.stdout.write(`seed ${SEED}, ${CASES.length} cases\n${renderKillRows(rows)}\n`);
}, CASE_MS);

test('every case has a name of its own: what was run is known by it', () => expect(new Set(CASES.map(nameOf)).size).toBe(CASES.length));

test.for(shuffle(left, SEED).map((kill) => ({ kill, name: nameOf(kill) })))('$name', { timeout: CASE_MS }, async ({ kill, name }, { skip }) => {
  if (performance.now() - started > MINUTES * 60_000) return skip('no time left');
  let outcome: KillOutcome;
  try {
    lab ??= await openKillLab();
    outcome = await runKillCase(lab, kill);
  } catch (reason) {
    keep({ name, outcome: reason instanceof Error ? reason.message : String(reason) });
    await closeLab();
    throw reason;
  }
  keep({ name, outcome });
  process.stderr.write(`${name}: exit ${outcome.exitCode}, ${outcome.active}, ${outcome.problems.length === 0 ? 'ok' : outcome.problems.join('; ')}\n`);
  // A switch is not reversed, and what went wrong once must not spoil the next case.
  if (outcome.active !== 'main' || outcome.problems.length > 0) await closeLab();
  expect(outcome.problems, outcome.stderr).toEqual([]);
});

async function closeLab(): Promise<void> {
  const closing = lab;
  lab = undefined;
  await closing?.dispose();
}

function nameOf({ who, how, before, startsMeanwhile }: KillCase): string {
  return `${who} ${how === 'SIGKILL' ? 'killed' : 'hangs'} before ${before}${startsMeanwhile === true ? ', starts meanwhile' : ''}`;
}
