import { afterAll } from 'vitest';
import { openKeptRows } from '../support/kept-rows.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { runKeptCases } from '../support/run-kept-cases.ts';
import { UNPLANNED_STEPS } from '../support/switch-steps.ts';
import { runUnplannedCase, type UnplannedCase } from '../support/unplanned-case.ts';

/** The same settings as of the kill matrix; `GWCTL_KILL_WHO=unplanned` wants these cases only, `GWCTL_UNPLANNED_ROWS` keeps what was run. */
const SEED = Number(process.env['GWCTL_KILL_SEED'] ?? 1);
const MINUTES = Number(process.env['GWCTL_KILL_MINUTES'] ?? Number.POSITIVE_INFINITY);
const WANTED = (process.env['GWCTL_KILL_WHO'] ?? '').split(',').filter((name) => name !== '');
const CASE_MS = 600_000;

const PARTICIPANTS = ['gwctl', 'gateway1', 'gateway2', 'mirror-maker', 'failover-1'] as const;
/** From here on MirrorMaker has no process. */
const FENCED = UNPLANNED_STEPS.indexOf('fence-source');
const CASES: readonly UnplannedCase[] = (WANTED.length === 0 || WANTED.includes('unplanned') ? PARTICIPANTS : []).flatMap((who) => UNPLANNED_STEPS.flatMap((before, index) => (who === 'mirror-maker' && index > FENCED ? [] : (['SIGKILL', 'SIGSTOP'] as const).map((how) => ({ who, how, before })))));
const { rows, keep, has } = openKeptRows(process.env['GWCTL_UNPLANNED_ROWS'] ?? '');
const closeLab = runKeptCases(CASES.map((unplanned) => ({ name: nameOf(unplanned), run: () => runUnplannedCase(unplanned) })), { seed: SEED, minutes: MINUTES, caseMs: CASE_MS, openLab: async () => ({ dispose: async () => {} }), keep, has });

afterAll(async () => {
  await closeLab();
  process.stdout.write(`seed ${SEED}, ${CASES.length} unplanned cases\n${renderKillRows(rows)}\n`);
}, CASE_MS);

function nameOf({ who, how, before }: UnplannedCase): string {
  return `main is dead, and ${who} ${how === 'SIGKILL' ? 'is killed' : 'hangs'} before ${before}`;
}
