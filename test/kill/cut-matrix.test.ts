import { afterAll, expect, test } from 'vitest';
import type { StepKind } from '../../src/plan/plan.ts';
import { CUTS, openCutLab, type Cut, type CutLab } from '../support/cut-lab.ts';
import { openKeptRows } from '../support/kept-rows.ts';
import { runDisturbed, type KillOutcome } from '../support/kill-case.ts';
import { renderKillRows } from '../support/kill-rows.ts';
import { shuffle } from '../support/shuffle.ts';
import { SWITCH_STEPS } from '../support/switch-steps.ts';

/** The same settings as of the kill matrix; `GWCTL_KILL_WHO=cut` wants these cases only. */
const SEED = Number(process.env['GWCTL_KILL_SEED'] ?? 1);
const MINUTES = Number(process.env['GWCTL_KILL_MINUTES'] ?? Number.POSITIVE_INFINITY);
const WANTED = (process.env['GWCTL_KILL_WHO'] ?? '').split(',').filter((name) => name !== '');
const CASE_MS = 600_000;

const CASES = (WANTED.length === 0 || WANTED.includes('cut') ? CUTS : []).flatMap((cut) => SWITCH_STEPS.map((before) => ({ cut, before, name: nameOf(cut, before) })));

const started = performance.now();
const { rows, keep, has } = openKeptRows(process.env['GWCTL_CUT_ROWS'] ?? '');
let lab: CutLab | undefined;

afterAll(async () => {
  await lab?.dispose();
  process.stdout.write(`seed ${SEED}, ${CASES.length} cuts\n${renderKillRows(rows)}\n`);
}, CASE_MS);

test('every case has a name of its own: what was run is known by it', () => expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length));

test.for(shuffle(CASES.filter(({ name }) => !has(name)), SEED))('$name', { timeout: CASE_MS }, async ({ cut, before, name }, { skip }) => {
  if (performance.now() - started > MINUTES * 60_000) return skip('no time left');
  let outcome: KillOutcome;
  try {
    const { networks, ...opened } = (lab ??= await openCutLab());
    outcome = await runDisturbed(opened, { before, strike: async () => networks[cut].cut(), heal: async () => networks[cut].heal() });
  } catch (reason) {
    keep({ name, outcome: reason instanceof Error ? reason.message : String(reason) });
    await closeLab();
    throw reason;
  }
  keep({ name, outcome });
  process.stderr.write(`${name}: exit ${outcome.exitCode}, ${outcome.active}, ${outcome.problems.length === 0 ? 'ok' : outcome.problems.join('; ')}\n`);
  if (outcome.active !== 'main' || outcome.problems.length > 0) await closeLab();
  expect(outcome.problems, outcome.stderr).toEqual([]);
});

async function closeLab(): Promise<void> {
  const closing = lab;
  lab = undefined;
  await closing?.dispose();
}

function nameOf(cut: Cut, before: StepKind): string {
  return `${cut} cut before ${before}`;
}
