import { afterAll, expect, test } from 'vitest';
import type { StepKind } from '../../src/plan/plan.ts';
import { renderTable } from '../../src/report/table.ts';
import { runKillCase, type KillCase, type KillOutcome } from '../support/kill-case.ts';
import { openKillLab, type KillLab } from '../support/kill-lab.ts';
import { shuffle } from '../support/shuffle.ts';

/** `npm run test:kill` sets these: a seed for the order, an end in minutes, and whose cases are wanted (all without it). */
const SEED = Number(process.env['GWCTL_KILL_SEED'] ?? 1);
const MINUTES = Number(process.env['GWCTL_KILL_MINUTES'] ?? Number.POSITIVE_INFINITY);
const WANTED = (process.env['GWCTL_KILL_WHO'] ?? '').split(',').filter((name) => name !== '');

const PARTICIPANTS = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'main-1', 'failover-1'] as const;
const STEPS: readonly StepKind[] = [
  'prepare-gateways', 'declare-intent', 'take-over-replication', 'drain-groups', 'pause-gateways', 'drain-gateways', 'prove-tail', 'move-groups', 'commit-switch', 'flip-gateways', 'resume-gateways', 'retire-replication', 'prove-switch',
];
/** From here on MirrorMaker has no process. */
const TAKEN_OVER = STEPS.indexOf('take-over-replication');
const CASES: readonly KillCase[] = PARTICIPANTS.flatMap((who) => STEPS.flatMap((before, index) => {
  if (who === 'mirror-maker' && index > TAKEN_OVER) return [];
  const kills: KillCase[] = [{ who, how: 'SIGKILL', before }, { who, how: 'SIGSTOP', before }];
  return who.startsWith('gateway') ? [...kills, { who, how: 'SIGKILL' as const, before, startsMeanwhile: true }] : kills;
})).filter(({ who }) => WANTED.length === 0 || WANTED.includes(who));
const CASE_MS = 600_000;

const started = performance.now();
const rows: { readonly name: string; readonly outcome: KillOutcome | string }[] = [];
let lab: KillLab | undefined;

afterAll(async () => {
  await lab?.dispose();
  process.stdout.write(`${renderRows()}\n`);
}, CASE_MS);

test.for(shuffle(CASES, SEED).map((kill) => ({ kill, name: nameOf(kill) })))('$name', { timeout: CASE_MS }, async ({ kill, name }, { skip }) => {
  if (performance.now() - started > MINUTES * 60_000) return skip('no time left');
  let outcome: KillOutcome;
  try {
    lab ??= await openKillLab();
    outcome = await runKillCase(lab, kill);
  } catch (reason) {
    rows.push({ name, outcome: reason instanceof Error ? reason.message : String(reason) });
    await closeLab();
    throw reason;
  }
  rows.push({ name, outcome });
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

function renderRows(): string {
  const cells = rows.map(({ name, outcome }) => {
    if (typeof outcome === 'string') return [name, '', '', '', '', '', '', outcome.split('\n')[0] ?? ''];
    const { exitCode, active, recovery, verdict, problems } = outcome;
    const { lost, doubled, torn, staleReads, stalestMs, longestWriteMs } = verdict;
    return [name, `${exitCode}`, active, recovery, `${lost.length}/${doubled.length}/${torn.length}`, staleReads === 0 ? '0' : `${staleReads} (${stalestMs} ms)`, `${longestWriteMs}`, problems.length === 0 ? 'ok' : (problems[0]?.split('\n')[0] ?? '').slice(0, 200)];
  });
  const outcomes = rows.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome]));
  const sum = (of: (outcome: KillOutcome) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const good = outcomes.filter(({ problems }) => problems.length === 0).length;
  return `${renderTable([{ title: 'case' }, { title: 'exit', align: 'right' }, { title: 'active' }, { title: 'then' }, { title: 'lost/doubled/torn' }, { title: 'stale reads' }, { title: 'longest write ms', align: 'right' }, { title: 'verdict' }], cells)}
seed ${SEED}: ${rows.length} of ${CASES.length} cases, ${good} ok; ${outcomes.filter(({ active }) => active === 'failover').length} switched; lost ${sum(({ verdict }) => verdict.lost.length)}, doubled ${sum(({ verdict }) => verdict.doubled.length)}, torn ${sum(({ verdict }) => verdict.torn.length)}; longest write ${Math.max(0, ...outcomes.map(({ verdict }) => verdict.longestWriteMs))} ms`;
}
