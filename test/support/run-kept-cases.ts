import { expect, test } from 'vitest';
import type { KeptRows } from './kept-rows.ts';
import type { KillOutcome } from './kill-case.ts';
import { shuffle } from './shuffle.ts';

export interface KeptCase<Lab> {
  readonly name: string;
  readonly run: (lab: Lab) => Promise<KillOutcome>;
}

export interface KeptCasesOptions<Lab> extends Pick<KeptRows, 'keep' | 'has'> {
  readonly seed: number;
  /** What is left after that is skipped. */
  readonly minutes: number;
  readonly caseMs: number;
  readonly openLab: () => Promise<Lab>;
}

/** `GWCTL_KILL_CASE` selects the cases whose name contains it. */
const WANTED = process.env['GWCTL_KILL_CASE'] ?? '';

/** One test a case that was not run before, in an order of its own. Answers with what ends the environment: to be called in afterAll. */
export function runKeptCases<Lab extends { dispose(): Promise<void> }>(cases: readonly KeptCase<Lab>[], { seed, minutes, caseMs, openLab, keep, has }: KeptCasesOptions<Lab>): () => Promise<void> {
  let startedMs: number | undefined;
  let lab: Lab | undefined;
  const closeLab = async (): Promise<void> => {
    const closing = lab;
    lab = undefined;
    await closing?.dispose();
  };
  test('every case has a name of its own: what was run is known by it', () => expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length));

  test.for(shuffle(cases.filter(({ name }) => name.includes(WANTED) && !has(name)), seed))('$name', { timeout: caseMs }, async ({ name, run }, { skip }) => {
    startedMs ??= performance.now();
    if (performance.now() - startedMs > minutes * 60_000) return skip('no time left');
    let outcome: KillOutcome;
    try {
      outcome = await run((lab ??= await openLab()));
    } catch (reason) {
      keep({ name, outcome: reason instanceof Error ? reason.message : String(reason) });
      await closeLab();
      throw reason;
    }
    keep({ name, outcome });
    process.stderr.write(`${name}: exit ${outcome.exitCode}, ${outcome.active}, ${outcome.problems.length === 0 ? 'ok' : outcome.problems.join('; ')}\n`);
    // A switch is not reversed, and what went wrong once must not spoil the next case.
    if (outcome.active !== 'main' || outcome.problems.length > 0) await closeLab();
    expect(outcome.problems.join('; '), outcome.stderr).toBe('');
  });
  return closeLab;
}
