import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../../src/checks/check.ts';
import { addWaitOption, lookUntilReady, type Look } from '../../../src/cli/wait-until-ready.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { createMemoryContext } from '../../support/cli-context.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const check = (id: string, status: CheckReport['status']): CheckReport => ({ id, title: id, status, evidence: '' });
const READY: Look = { checks: [check('lag', 'pass'), check('groups', 'warn')], isReady: true };
const BEHIND: Look = { checks: [check('lag', 'fail'), check('groups', 'warn')], isReady: false };
const STOPPED: Look = { checks: [check('lag', 'fail'), check('replicator', 'fail')], isReady: false };

function looks(...answers: readonly [Look, ...Look[]]) {
  let count = 0;
  return { look: async () => answers[Math.min(count++, answers.length - 1)] ?? answers[0], count: () => count };
}

test('without --wait it looks once, whatever it sees', async () => {
  const { look, count } = looks(BEHIND, READY);
  expect(await lookUntilReady(look, undefined, createFakeClock(), createMemoryContext())).toBe(BEHIND);
  expect(count()).toBe(1);
});

test('with --wait it looks until every check passes, and names each time what it waits for', async () => {
  const context = createMemoryContext();
  expect(await lookUntilReady(looks(STOPPED, STOPPED, BEHIND, READY).look, 60_000, createFakeClock(), context)).toBe(READY);
  expect(context.written.err).toBe('   0.0s checks: waiting for lag, replicator\n   1.0s checks: waiting for lag\n   1.5s checks: all pass\n');
});

test('says nothing when they pass at once, or when there is nothing to get ready for', async () => {
  for (const seen of [READY, { ...BEHIND, isNoOp: true }]) {
    const context = createMemoryContext();
    expect(await lookUntilReady(looks(seen).look, 60_000, createFakeClock(), context)).toBe(seen);
    expect(context.written.err).toBe('');
  }
});

test('when the time is up the last look is the answer', async () => {
  const [clock, context] = [createFakeClock(), createMemoryContext()];
  expect(await lookUntilReady(looks(BEHIND).look, 1200, clock, context)).toBe(BEHIND);
  expect(clock.slept).toEqual([500, 500, 200]);
  expect(context.written.err).toMatch(/checks: failed: not within 1.2 s\n$/);
});

test('an interruption ends it', async () => {
  const context = { ...createMemoryContext(), signal: AbortSignal.abort(new GwctlError('INTERRUPTED', 'enough')) };
  await expect(lookUntilReady(looks(BEHIND).look, 1000, createFakeClock(), context)).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

test.each([['2m', 120_000], ['500ms', 500]])('--wait %s is %i ms', (text, ms) => {
  expect(addWaitOption(new Command()).parse(['--wait', text], { from: 'user' }).opts()).toEqual({ wait: ms });
});

test.each(['2', '0s', 'long', ''])('--wait %j is refused', (text) => {
  const command = addWaitOption(new Command()).exitOverride().configureOutput({ writeErr: () => {} });
  expect(() => command.parse(['--wait', text], { from: 'user' })).toThrow(/a duration like 500ms, 20s or 2m/);
});
