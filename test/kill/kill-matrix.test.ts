import { afterAll, describe } from 'vitest';
import { runKillCase, type KillCase } from '../support/kill-case.ts';
import { openKeptRows } from '../support/kept-rows.ts';
import { openKillLab, openSmallKillLab, type KillLab } from '../support/kill-lab.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { CASE_MS, isWanted, MINUTES, SEED } from '../support/kill-settings.ts';
import { runKeptCases } from '../support/run-kept-cases.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';

const PARTICIPANTS = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'main-1', 'failover-1'] as const;
/** From here on MirrorMaker has no process. */
const TAKEN_OVER = SWITCH_STEPS.indexOf('take-over-replication');
const CASES: readonly KillCase[] = PARTICIPANTS.flatMap((who) => SWITCH_STEPS.flatMap((before, index) => {
  if (who === 'mirror-maker' && index > TAKEN_OVER) return [];
  // What gwctl leaves behind undecided may be given up or begun anew: by turns.
  const ending = who === 'gwctl' && index % 2 === 0 ? 'resume' : 'rollback';
  const kills: KillCase[] = [{ who, how: 'SIGKILL', before, ending }, { who, how: 'SIGSTOP', before }];
  return who.startsWith('gateway') ? [...kills, { who, how: 'SIGKILL' as const, before, startsMeanwhile: true }] : kills;
})).filter(({ who }) => isWanted(who));

const { rows, keep, has } = openKeptRows(process.env['GWCTL_KILL_ROWS'] ?? '');

// A cluster whose broker dies must live on without it.
describe.each([
  { what: 'a broker', isIn: isBroker, openLab: openKillLab },
  { what: 'whoever is no broker', isIn: (who: KillCase['who']) => !isBroker(who), openLab: openSmallKillLab },
])('$what', ({ isIn, openLab }) => {
  const cases = CASES.filter(({ who }) => isIn(who)).map((kill) => ({ name: nameOf(kill), run: (lab: KillLab) => runKillCase(lab, kill) }));
  const closeLab = runKeptCases(cases, { seed: SEED, minutes: (MINUTES * cases.length) / CASES.length, caseMs: CASE_MS, openLab, keep, has });
  afterAll(closeLab, CASE_MS);
});

afterAll(() => void process.stdout.write(`seed ${SEED}, ${CASES.length} cases\n${renderKillRows(rows())}\n`));

function isBroker(who: KillCase['who']): boolean {
  return who === 'main-1' || who === 'failover-1';
}

function nameOf({ who, how, before, startsMeanwhile }: KillCase): string {
  return `${who} ${how === 'SIGKILL' ? 'killed' : 'hangs'} before ${before}${startsMeanwhile === true ? ', starts meanwhile' : ''}`;
}
