import { expect, test } from 'vitest';
import type { Judgement } from '../../../src/drill/expectation.ts';
import { pollUntilExpected } from '../../../src/drill/poll.ts';
import { GwctlError } from '../../../src/shared/errors.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const signal = new AbortController().signal;
const NOT_YET: Judgement<string> = { ok: false, expected: '2', seen: '1' };

function looks(...answers: (Judgement<string> | GwctlError)[]) {
  let index = 0;
  return async () => {
    const answer = answers[Math.min(index, answers.length - 1)];
    index += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
    return answer;
  };
}

test('looks again until it is as expected, with short pauses', async () => {
  const clock = createFakeClock();
  expect(await pollUntilExpected({ clock, signal, withinMs: 1000 }, looks(NOT_YET, new GwctlError('UNAVAILABLE', 'no topic'), { ok: true, value: 'done' }))).toBe('done');
  expect(clock.slept).toHaveLength(2);
  expect(Math.max(...clock.slept)).toBeLessThanOrEqual(100);
});

test('says what was expected and seen when the time is up', async () => {
  await expect(pollUntilExpected({ clock: createFakeClock(), signal, withinMs: 1000 }, looks(NOT_YET))).rejects.toMatchObject({ code: 'CHECK_FAILED', message: 'expected 2, saw 1 (waited 1 s)', details: { expected: '2', seen: '1' } });
});

test('says why when it cannot be looked at until the time is up', async () => {
  await expect(pollUntilExpected({ clock: createFakeClock(), signal, withinMs: 1000 }, looks(new GwctlError('UNAVAILABLE', 'no topic')))).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'no topic (waited 1 s)' });
});

test('does not wait for what cannot become right', async () => {
  const clock = createFakeClock();
  await expect(pollUntilExpected({ clock, signal, withinMs: 1000 }, looks({ ok: false, expected: 'none', seen: '1', isFinal: true }))).rejects.toThrow('expected none, saw 1');
  expect(clock.slept).toEqual([]);
});

test('does not look again after an error that is none of the world', async () => {
  const clock = createFakeClock();
  await expect(pollUntilExpected({ clock, signal, withinMs: 1000 }, looks(new GwctlError('USAGE', 'no')))).rejects.toMatchObject({ code: 'USAGE' });
  expect(clock.slept).toEqual([]);
});

test('ends with the signal', async () => {
  await expect(pollUntilExpected({ clock: createFakeClock(), signal: AbortSignal.abort(new GwctlError('INTERRUPTED', 'enough')), withinMs: 1000 }, looks(NOT_YET))).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
