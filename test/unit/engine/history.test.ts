import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordGivingUp } from '../../../src/engine/journal.ts';
import { readJournal, readJournals } from '../../../src/engine/read-journals.ts';
import type { RunEvent } from '../../../src/engine/run-event.ts';
import { summariseRun } from '../../../src/engine/summarise-run.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { renderHistory } from '../../../src/report/history.ts';
import { renderRunMarkdown } from '../../../src/report/run-markdown.ts';
import { renderRunReport } from '../../../src/report/run-report.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
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
const EVIDENCE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'prove-tail': { topics: 2, partitions: 4 },
  'move-groups': { groups: 1, positions: 3, exact: 2 },
  'resume-gateways': { unreachable: [], nodes: [{ node: 'gateway1', tookMs: 20 }, { node: 'gateway2', tookMs: 40 }] },
  'prove-switch': { nodes: [{ node: 'gateway1', offset: '7', writeMs: 3, readMs: 4 }], absentOn: 'main' },
};
const done = (kind: string, atMs: number, durationMs: number): RunEvent => ({ type: 'step-done', atMs, index: at(kind), durationMs, evidence: EVIDENCE[kind] ?? {} });
const SWITCHED: readonly RunEvent[] = [
  STARTED,
  started('pause-gateways', 100), done('pause-gateways', 110, 10),
  started('prove-tail', 120), done('prove-tail', 150, 30),
  started('move-groups', 150), done('move-groups', 160, 10),
  started('commit-switch', 160), done('commit-switch', 190, 30),
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
  const report = renderRunReport([run], createPalette(false, {}));
  for (const text of ['run r1: main -> failover, generation 2, switched', 'writes were held for 140 ms at most', 'source-healthy', 'gateway1 120 ms, gateway2 140 ms', 'absentOn main',
    'the last record of 4 partitions in 2 topics of main was on failover before the switch', 'a record through gateway1: written in 3 ms, read back in 4 ms, on failover at offset 7, not on main',
    '1 consumer group with 3 positions: 2 exact, 1 as MirrorMaker has them']) expect(report).toContain(text);
  expect(renderHistory([run], createPalette(false, {}))).toMatch(/r1 +2026-01-01 03:00:00 +tom@host +main -> failover +2 +switched +0\.3 s +140 ms/);
});

test('that a record is not on the old cluster is said only where it was looked for', async () => {
  await write('r1', linesOf(SWITCHED.map((event) => (event.type === 'step-done' && event.index === at('prove-switch') ? { ...event, evidence: { nodes: EVIDENCE['prove-switch']?.['nodes'] } } : event))));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run === undefined ? '' : renderRunReport([run], createPalette(false, {}))).toMatch(/on failover at offset 7$/m);
});

test('the same as markdown: tables that a check with a bar in it does not break', async () => {
  const checks = [{ id: 'configs-equal', title: '', status: 'pass' as const, evidence: 'delete|compact' }];
  await write('r1', linesOf(SWITCHED.map((event) => (event.type === 'run-started' ? { ...event, checks } : event))));
  const run = summariseRun(await readJournal(dir, 'r1'));
  const text = run === undefined ? '' : renderRunMarkdown([run, run]);
  expect(text).toMatch(/^## run r1: main -> failover, generation 2, switched\n\nevery node was switched/);
  expect(text).toContain('| configs-equal | pass | delete\\|compact |\n');
  expect(text).toContain('- producers, at most: gateway1 120 ms, gateway2 140 ms\n');
  expect(text.match(/^## /gm)).toHaveLength(2);
});

test('a node that did not answer when it was to follow has no measured pause, and is named', async () => {
  await write('r1', linesOf(SWITCHED.map((event) => (event.type === 'step-done' && event.index === at('resume-gateways') ? { ...event, evidence: { unreachable: ['gateway2'], nodes: [{ node: 'gateway1', tookMs: 20 }] } } : event))));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run?.nodes.map(({ node, writePauseMs, isUnreachable }) => [node, writePauseMs, isUnreachable])).toEqual([['gateway1', 120, false], ['gateway2', undefined, true]]);
  expect(run === undefined ? '' : renderRunReport([run], createPalette(false, {}))).toContain('gateway2 did not answer: it holds its writes until it finds the switch by itself');
});

test('evidence of another version is left out, and does not break the report', async () => {
  await write('r1', linesOf(SWITCHED.map((event) => (event.type === 'step-done' ? { ...event, evidence: { nodes: 7, groups: 'many', unreachable: null } } : event))));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run).toMatchObject({ groups: undefined, tail: undefined, writePauseMs: 140 });
  expect(run?.nodes.map(({ writePauseMs, proof }) => [writePauseMs, proof])).toEqual([[undefined, undefined], [undefined, undefined]]);
  expect(run === undefined ? '' : renderRunReport([run], createPalette(false, {}))).toContain('producers, at most: 140 ms');
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

test('a journal of another topology, with a step that this gwctl does not know, is told as it stands', async () => {
  const plan = { from: 'oslo', to: 'bergen', generation: 9, basis: { active: 'oslo', generation: 8 }, steps: [{ kind: 'reverse-link', cables: 7 }] };
  await write('r1', linesOf([{ ...STARTED, plan } as unknown as RunEvent, { type: 'step-started', atMs: 5, index: 0, text: 'turn the link round' }]));
  const run = summariseRun(await readJournal(dir, 'r1'));
  expect(run).toMatchObject({ from: 'oslo', to: 'bergen', outcome: 'interrupted', nodes: [], steps: [{ kind: 'reverse-link', outcome: 'interrupted' }] });
  expect(run === undefined ? '' : renderRunReport([run], createPalette(false, {}))).toMatch(/oslo -> bergen, generation 9, interrupted[\s\S]*turn the link round/);
});

test.each([{ plan: undefined }, { plan: null }, { plan: 'main' }, { plan: { from: 'main', to: 'failover' } }])('a journal whose plan is $plan has no summary', async ({ plan }) => {
  await write('r1', linesOf([{ ...STARTED, plan } as unknown as RunEvent]));
  expect(summariseRun(await readJournal(dir, 'r1'))).toBeUndefined();
});

test.each([
  { name: 'given up', giveUp: async () => 'done', outcome: 'rolled-back', message: 'given up by ann@host: every node serves main' },
  { name: 'not to be given up', giveUp: async () => Promise.reject(new GwctlError('LOCKED', 'run r1 is alive')), outcome: 'stuck', message: 'run r1 is alive' },
])('a run that was $name has a journal of it beside its own, with who did it', async ({ giveUp, outcome, message }) => {
  await write('r1', linesOf(SWITCHED.slice(0, 4)));
  const started = { type: 'run-started', schema: 1, at: '2026-01-01T03:10:00.000Z', runId: 'r1', by: 'ann@host', plan: { ...PLAN, steps: [] } } as const;
  let nowMs = 0;
  await recordGivingUp(dir, 'r1-given-up-r2', started, giveUp, () => (nowMs += 500)).catch(() => {});
  const parts = (await readJournals(dir)).flatMap((journal) => summariseRun(journal) ?? []);
  expect(parts.map(({ name, by, outcome: how }) => [name, by, how])).toEqual([['r1', 'tom@host', 'interrupted'], ['r1-given-up-r2', 'ann@host', outcome]]);
  expect(parts[1]).toMatchObject({ message, durationMs: 500, problem: undefined });
});

test('a run that was resumed is one report of two parts', async () => {
  await write('r1', linesOf(SWITCHED.slice(0, 9)));
  await write('r1-resumed-r2', linesOf([STARTED, { type: 'run-ended', atMs: 900, outcome: 'switched', message: 'failover is active' }]));
  const parts = (await readJournals(dir)).flatMap((journal) => summariseRun(journal) ?? []);
  const report = renderRunReport(parts, createPalette(false, {}));
  expect(report).toMatch(/^run r1: main -> failover, generation 2, interrupted\n[\s\S]*\nrun r1-resumed-r2: main -> failover, generation 2, switched\n/);
});

describe('a journal that is not whole', () => {
  test('of a run that was killed says so, and what it had reached', async () => {
    await write('r1', `${linesOf(SWITCHED.slice(0, 4))}{"type":"step-do`);
    expect(summariseRun(await readJournal(dir, 'r1'))).toMatchObject({ outcome: 'interrupted', durationMs: 120, problem: 'its last line is cut', steps: [{ outcome: 'done' }, { outcome: 'interrupted' }] });
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
