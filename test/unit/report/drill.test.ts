import { describe, expect, test } from 'vitest';
import type { StepReport } from '../../../src/drill/drill-event.ts';
import type { DrillReport } from '../../../src/drill/drill-report.ts';
import { drillOnTerminal, renderDrill, renderMs } from '../../../src/report/drill.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { createProgress } from '../../../src/report/progress.ts';
import { Sink } from '../../support/cli-context.ts';

const palette = createPalette(false, {});
const step = (parts: Partial<StepReport>): StepReport => ({ name: 'Send', kind: 'produce', status: 'passed', atMs: 0, durationMs: 35, seen: '2 records', details: [], evidence: {}, ...parts });

function shown(report: StepReport): string {
  const err = new Sink();
  const tell = drillOnTerminal(createProgress({ err, isTerminal: { err: false }, env: {} }, () => 0), err, palette);
  tell({ type: 'scenario-started', name: 'seed', file: 's.yaml', steps: 12 });
  tell({ type: 'step-started', number: 3, steps: 12, name: report.name, kind: report.kind });
  tell({ type: 'step-ended', number: 3, report });
  return err.text;
}

describe('while a drill runs', () => {
  test('a step is a line with what was seen and the time, records below it', () => {
    expect(shown(step({ details: ['→ tom', '→ florent'] }))).toBe('\nseed (s.yaml, 12 steps)\n   0.0s [ 3/12] Send: 2 records (35 ms)\n          → tom\n          → florent\n');
  });

  test('names of topics stand side by side', () => {
    const names = Array.from({ length: 20 }, (_, index) => `topic-${index}`);
    const lines = shown(step({ details: names })).trimEnd().split('\n').slice(3);
    expect(lines.length).toBeLessThan(5);
    expect(lines.join(' ').trim().split(/ +/)).toEqual(names);
  });

  test('a failed expectation shows both sides', () => {
    expect(shown(step({ status: 'failed', seen: '2 records', expected: '3 records' }))).toContain('Send: failed: not as expected (35 ms)\n          expected: 3 records\n          seen:     2 records\n');
  });

  test('another failure says what it was', () => {
    expect(shown(step({ status: 'failed', seen: 'gateway1 does not answer' }))).toContain('Send: failed: gateway1 does not answer (35 ms)\n');
  });
});

const REPORT: DrillReport = {
  schema: 1, startedAt: '2026-01-01T00:00:00.000Z', gwctl: { version: '1.0.0' }, environment: { name: 'default', portOffset: 0, runtime: 'local', kafkaVersions: {}, gateways: [] }, inputs: [],
  outcome: 'passed', state: 'the environment was taken down with its data', totalMs: 26_400, error: null,
  up: { totalMs: 21_900, components: [], phases: [{ name: 'main answers', startedAtMs: 86, durationMs: 10_800 }, { name: 'ports', startedAtMs: 0, durationMs: 3 }] },
  scenarios: [{ name: 's', file: 's.yaml', description: '', startedAt: '', status: 'passed', hasSwitched: true, durationMs: 4500, steps: [step({}), step({ name: 'Clean up', kind: 'down', seen: '9 processes', durationMs: 1287 })] }],
  down: { stopped: [], totalMs: 1285 },
};

describe('at the end of a drill', () => {
  test('a table has the times of up, of each step and of all', () => {
    const lines = renderDrill(REPORT, palette).split('\n').map((line) => line.replaceAll(/ {2,}/g, '  ').trim());
    expect(lines).toEqual(['', 'step  seen  took', 'ok  environment up  0 processes; phases overlap  21.9 s', 'main answers  from 86 ms  10.8 s', 'ok  Send  2 records  35 ms', 'ok  Clean up  9 processes  1.29 s', 'total  26.4 s', '', 'passed: 2 of 2 steps; the environment was taken down with its data', '']);
  });

  test('taking down has a line of its own when no step did it', () => {
    const [scenario] = REPORT.scenarios;
    expect(renderDrill({ ...REPORT, scenarios: [{ ...scenario as NonNullable<typeof scenario>, steps: [step({})] }] }, palette)).toMatch(/environment down, data deleted +1.28 s/);
  });

  test('what failed and what was skipped is marked', () => {
    const [scenario] = REPORT.scenarios;
    const steps = [step({ status: 'failed' }), step({ status: 'skipped' })];
    const text = renderDrill({ ...REPORT, outcome: 'failed', scenarios: [{ ...scenario as NonNullable<typeof scenario>, steps }] }, palette);
    expect(text).toMatch(/^FAIL +Send/m);
    expect(text).toMatch(/^skip +Send +2 records$/m);
    expect(text).toMatch(/^failed: 0 of 2 steps; /m);
  });

  test.each([[0, '0 ms'], [999.4, '999 ms'], [1240, '1.24 s'], [25_310, '25.3 s']])('%d ms is %s', (ms, text) => expect(renderMs(ms)).toBe(text));
});
