import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJournal, readJournals } from '../../../src/engine/read-journals.ts';
import type { RunEvent } from '../../../src/engine/run-event.ts';
import { summariseRun } from '../../../src/engine/summarise-run.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { renderHistory, renderRunReport } from '../../../src/report/history.ts';
import { observation } from '../../support/observation.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gwctl-history-'));
});
afterEach(async () => await rm(dir, { recursive: true, force: true }));

const PLAN = planSwitch({ to: 'failover', expectActive: undefined }, observation());
const at = (kind: string): number => PLAN.steps.findIndex((step) => step.kind === kind);
const STARTED: RunEvent = { type: 'run-started', schema: 1, at: '2026-01-01T03:00:00.000Z', runId: 'r1', by: 'tom@host', plan: PLAN, checks: [{ id: 'source-healthy', title: '', status: 'pass', evidence: '3 brokers' }] };
const started = (kind: string, atMs: number): RunEvent => ({ type: 'step-started', atMs, index: at(kind), text: kind });
const done = (kind: string, atMs: number, durationMs: number): RunEvent => ({ type: 'step-done', atMs, index: at(kind), durationMs, evidence: kind === 'prove-switch' ? { absentOn: 'main' } : {} });
const SWITCHED: readonly RunEvent[] = [
  STARTED,
  started('pause-gateways', 100), done('pause-gateways', 110, 10),
  started('resume-gateways', 200), done('resume-gateways', 240, 40),
  started('prove-switch', 250), done('prove-switch', 300, 50),
  { type: 'run-ended', atMs: 300, outcome: 'switched', message: 'failover is active' },
];
const linesOf = (events: readonly RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

async function write(name: string, text: string): Promise<void> {
  await mkdir(join(dir, 'runs'), { recursive: true });
  await writeFile(join(dir, 'runs', `${name}.ndjson`), text);
}

test('an environment without runs has no history', async () => {
  expect(await readJournals(dir)).toEqual([]);
  expect(renderHistory([], createPalette(false, {}))).toBe('no run yet\n');
});

test('a run that switched: how it ended, how long it took, and how long writes were held', async () => {
  await write('r1', linesOf(SWITCHED));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run).toMatchObject({ runId: 'r1', by: 'tom@host', from: 'main', to: 'failover', generation: 2, outcome: 'switched', durationMs: 300, writePauseMs: 140, problem: undefined });
  if (run === undefined) throw new Error('no summary');
  const report = renderRunReport(run, createPalette(false, {}));
  for (const text of ['run r1: main -> failover, generation 2, switched', 'writes were held for 140 ms at most', 'source-healthy', '{"absentOn":"main"}']) expect(report).toContain(text);
  expect(renderHistory([run], createPalette(false, {}))).toMatch(/r1 +2026-01-01 03:00:00 +tom@host +main -> failover +2 +switched +0\.3 s +140 ms/);
});

test('a run that was given up: what failed and what was undone', async () => {
  await write('r1', linesOf([
    STARTED,
    started('pause-gateways', 100), done('pause-gateways', 110, 10),
    started('prove-tail', 120), { type: 'step-noted', atMs: 130, index: at('prove-tail'), text: '7 records behind' }, { type: 'step-failed', atMs: 400, index: at('prove-tail'), message: 'too late' },
    { type: 'step-undone', atMs: 420, index: at('pause-gateways') },
    { type: 'run-ended', atMs: 430, outcome: 'rolled-back', message: 'too late: given up' },
  ]));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run).toMatchObject({ outcome: 'rolled-back', writePauseMs: 320 });
  expect(run?.steps.map(({ outcome, durationMs, notes, message }) => [outcome, durationMs, notes, message])).toEqual([['undone', 10, [], undefined], ['failed', 280, ['7 records behind'], 'too late']]);
});

describe('a journal that is not whole', () => {
  test('of a run that was killed says so, and what it had reached', async () => {
    await write('r1', `${linesOf(SWITCHED.slice(0, 4))}{"type":"step-do`);
    expect(summariseRun(await readJournal(dir, 'r1'))).toMatchObject({ outcome: 'interrupted', durationMs: 200, problem: 'its last line is cut', steps: [{ outcome: 'done' }, { outcome: 'interrupted' }] });
  });

  test.each([
    { what: 'nothing', text: '', problem: 'its beginning is missing' },
    { what: 'no beginning', text: linesOf(SWITCHED.slice(1)), problem: 'its beginning is missing' },
    { what: 'a newer schema', text: linesOf([{ ...STARTED, schema: 2 } as unknown as RunEvent]), problem: 'it is of schema 2 (known: 1): a newer gwctl wrote it' },
    { what: 'something else in the middle', text: `${linesOf([])}not JSON\n${linesOf(SWITCHED)}`, problem: 'line 1 is no event' },
  ])('with $what has no summary, and says why', async ({ text, problem }) => {
    await write('r1', text);
    const journal = await readJournal(dir, 'r1');
    expect(journal.problem).toBe(problem);
    expect(summariseRun(journal)).toBeUndefined();
  });
});

test('a run is found by the beginning of its name, when only one has it', async () => {
  await write('20260101T030000-aaaa', linesOf(SWITCHED));
  await write('20260101T040000-bbbb', linesOf(SWITCHED));
  expect((await readJournal(dir, '20260101T04')).name).toBe('20260101T040000-bbbb');
  await expect(readJournal(dir, '2026')).rejects.toMatchObject({ code: 'USAGE', message: '"2026" is the beginning of 2 runs' });
  await expect(readJournal(dir, 'x')).rejects.toMatchObject({ code: 'USAGE', message: 'no run "x" in this environment' });
});
