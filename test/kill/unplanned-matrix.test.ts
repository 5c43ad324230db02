import { afterAll } from 'vitest';
import { openKeptRows } from '../support/kept-rows.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { CASE_MS, isWanted, MINUTES, SEED } from '../support/kill-settings.ts';
import { runKeptCases } from '../support/run-kept-cases.ts';
import { UNPLANNED_STEPS } from '../support/switch-steps.ts';
import { runUnplannedCase, type UnplannedCase } from '../support/unplanned-case.ts';

const PARTICIPANTS = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'failover-1'] as const;
/** From here on MirrorMaker has no process. */
const FENCED = UNPLANNED_STEPS.indexOf('fence-source');
const CASES: readonly UnplannedCase[] = (isWanted('unplanned') ? PARTICIPANTS : []).flatMap((who) => UNPLANNED_STEPS.flatMap((before, index) => (who === 'mirror-maker' && index > FENCED ? [] : (['SIGKILL', 'SIGSTOP'] as const).map((how) => ({ who, how, before })))));
const { rows, keep, has } = openKeptRows(process.env['GWCTL_UNPLANNED_ROWS'] ?? '');
const closeLab = runKeptCases(CASES.map((unplanned) => ({ name: nameOf(unplanned), run: () => runUnplannedCase(unplanned) })), { seed: SEED, minutes: MINUTES, caseMs: CASE_MS, openLab: async () => ({ dispose: async () => {} }), keep, has });

afterAll(async () => {
  await closeLab();
  process.stdout.write(`seed ${SEED}, ${CASES.length} unplanned cases\n${renderKillRows(rows())}\n`);
}, CASE_MS);

function nameOf({ who, how, before }: UnplannedCase): string {
  return `main is dead, and ${who} ${how === 'SIGKILL' ? 'is killed' : 'hangs'} before ${before}`;
}
