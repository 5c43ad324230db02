import { afterAll } from 'vitest';
import type { StepKind } from '../../src/plan/plan.ts';
import { CUTS, openCutLab, type Cut, type CutLab } from '../support/cut-lab.ts';
import { openKeptRows } from '../support/kept-rows.ts';
import { runDisturbed } from '../support/kill-case.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { CASE_MS, isWanted, MINUTES, SEED } from '../support/kill-settings.ts';
import { runKeptCases, type KeptCase } from '../support/run-kept-cases.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';

const CASES = (isWanted('cut') ? CUTS : []).flatMap((cut) => SWITCH_STEPS.map((before) => caseOf(cut, before)));
const { rows, keep, has } = openKeptRows(process.env['GWCTL_CUT_ROWS'] ?? '');
const closeLab = runKeptCases(CASES, { seed: SEED, minutes: MINUTES, caseMs: CASE_MS, openLab: openCutLab, keep, has });

afterAll(async () => {
  await closeLab();
  process.stdout.write(`seed ${SEED}, ${CASES.length} cuts\n${renderKillRows(rows())}\n`);
}, CASE_MS);

function caseOf(cut: Cut, before: StepKind): KeptCase<CutLab> {
  return {
    name: `${cut} cut before ${before}`,
    run: async ({ networks, ...lab }) => await runDisturbed(lab, { before, strike: async () => networks[cut].cut(), heal: async () => networks[cut].heal() }),
  };
}
