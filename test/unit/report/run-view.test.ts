import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NodeSight, NodesSeen, RunEvent } from '../../../src/engine/run-event.ts';
import { planSwitch } from '../../../src/plan/plan-switch.ts';
import { createRunView } from '../../../src/report/create-run-view.ts';
import type { RunView } from '../../../src/report/run-view.ts';
import { Sink } from '../../support/cli-context.ts';
import { observation } from '../../support/observation.ts';

const PLAN = planSwitch({ to: 'failover', expectActive: undefined }, observation());
const indexOf = (kind: string): number => PLAN.steps.findIndex((step) => step.kind === kind);
const started = (kind: string, text: string, limitMs = 8000): RunEvent => ({ type: 'step-started', atMs: 0, index: indexOf(kind), text, limitMs });
const noted = (kind: string, text: string): RunEvent => ({ type: 'step-noted', atMs: 0, index: indexOf(kind), text });
const done = (kind: string, durationMs = 3): RunEvent => ({ type: 'step-done', atMs: 0, index: indexOf(kind), durationMs, evidence: {} });
const sight = (node: string, phase: 'serving' | 'paused' | 'drained', heldWrites = 0, active = 'main'): NodeSight => ({ node, phase, active, generation: 1, connections: 5, heldWrites, inFlightWrites: 0 });
const nodesSeen = (...nodes: readonly NodeSight[]): NodesSeen => ({ type: 'nodes-seen', atMs: 0, nodes });

let out: Sink;
let err: Sink;
let nowMs: number;

beforeEach(() => {
  out = new Sink();
  err = new Sink();
  nowMs = 50_000;
});

function view(isTerminal: boolean, isJson = false): RunView {
  err.isTTY = isTerminal;
  return createRunView({ out, err, isTerminal: { err: isTerminal }, env: {} }, { plan: PLAN, pauseBudgetMs: 20_000, isJson }, () => nowMs);
}

describe('in a pipe', () => {
  test('a line for each change, with what is waited for and the time that is left, and no control characters', () => {
    const { show, stop } = view(false);
    show(nodesSeen(sight('gateway1', 'serving'), sight('gateway2', 'serving')));
    show(started('pause-gateways', 'hold writes'));
    show(done('pause-gateways'));
    show(nodesSeen(sight('gateway1', 'paused', 12), sight('gateway2', 'serving')));
    show(nodesSeen(sight('gateway1', 'paused', 13), { node: 'gateway2', phase: 'silent' }));
    show(started('prove-tail', 'wait for the tail'));
    nowMs += 1200;
    show(noted('prove-tail', '7 records in 2 partitions are missing'));
    nowMs += 300;
    show(noted('prove-tail', '5 records in 2 partitions are missing'));
    show(noted('prove-tail', 'open transactions hold back 1 partition'));
    nowMs += 1000;
    show(noted('prove-tail', 'open transactions hold back 2 partitions'));
    show({ type: 'step-failed', atMs: 0, index: indexOf('prove-tail'), message: 'too late' });
    show(noted('pause-gateways', 'gateway2 cannot be reached'));
    show({ type: 'step-undone', atMs: 0, index: indexOf('pause-gateways') });
    stop();
    expect(err.text.split('\n')).toEqual([
      '   0.0s hold writes: done in 3 ms',
      '   0.0s gateway1: paused, 12 writes held, 0 under way',
      '   0.0s gateway2: does not answer',
      '   1.2s wait for the tail: 7 records in 2 partitions are missing (at most 6.8 s more)',
      '   1.5s wait for the tail: open transactions hold back 1 partition (at most 6.5 s more)',
      '   2.5s wait for the tail: open transactions hold back 2 partitions (at most 5.5 s more)',
      '   2.5s wait for the tail: failed: too late',
      '   2.5s hold writes on gateway1 and gateway2: gateway2 cannot be reached',
      '   2.5s hold writes on gateway1 and gateway2: undone',
      '',
    ]);
    expect(err.text).toBe(stripVTControlCharacters(err.text));
    expect(out.text).toBe('');
  });

  test('a step that takes long and says nothing is named once', async () => {
    const { show, stop } = view(false);
    show(started('drain-gateways', 'wait for writes'));
    nowMs += 1500;
    await expect.poll(() => err.text).toBe('   1.5s wait for writes: under way (at most 6.5 s more)\n');
    nowMs += 5000;
    show(done('drain-gateways', 6500));
    stop();
    expect(err.text.split('\n').slice(1)).toEqual(['   6.5s wait for writes: done in 6500 ms', '']);
  });
});

test('on a terminal a block says which phase, how long it may still take, how each node is, and how long writes wait', async () => {
  const { show, interrupt, stop } = view(true);
  show(nodesSeen(sight('gateway1', 'paused', 12), { node: 'gateway2', phase: 'silent' }));
  show(started('pause-gateways', 'hold writes'));
  show(done('pause-gateways'));
  nowMs += 1400;
  show(started('prove-tail', 'wait for the tail'));
  show(noted('prove-tail', '7 records are missing'));
  interrupt('interrupted by SIGINT: stops soon');
  const plain = (): string => stripVTControlCharacters(err.text);
  await expect.poll(plain).toMatch(/interrupted by SIGINT/);
  show(done('prove-tail', 40));
  stop();
  for (const text of ['✔    0.0s hold writes: done in 3 ms', `[${String(indexOf('prove-tail') + 1).padStart(2)}/${PLAN.steps.length}] wait for the tail`, '0.0 s, at most 8.0 s more: 7 records are missing', 'gateway1  paused, 12 writes held, 0 under way', 'gateway2  does not answer', 'writes have been held for 1.4 s, the switch gives up after 20.0 s', '✔    1.4s wait for the tail: done in 40 ms']) expect(plain()).toContain(text);
  expect(out.text).toBe('');
});

test('with -o json each event is one line on stdout, and stderr stays empty', () => {
  const { show, interrupt, stop } = view(false, true);
  const events = [started('pause-gateways', 'hold writes'), done('pause-gateways'), nodesSeen(sight('gateway1', 'paused', 12))] as const;
  for (const event of events) show(event);
  interrupt('interrupted by SIGTERM');
  stop();
  expect(out.text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([...events, { type: 'interrupted', atMs: 0, text: 'interrupted by SIGTERM' }]);
  expect(err.text).toBe('');
});
