import { describe, expect, test } from 'vitest';
import { checkHistory, type HistoryVerdict } from '../../../../src/drill/load/history-checker.ts';
import { findLoadProblems, type AnnouncedLoss } from '../../../../src/drill/load/judge-load.ts';
import { STEP_SCHEMAS } from '../../../../src/drill/scenario-schema.ts';

const NOTHING = checkHistory({ sent: [], delivered: [], log: [], errors: [] });
const GOOD: HistoryVerdict = { ...NOTHING, sent: 10, acknowledged: 10, longestAckGapMs: 800, longestDeliveryGapMs: 900, redelivered: 4 };
const bad = { count: 2, examples: ['a', 'b'] };

function problems(verdict: Partial<HistoryVerdict>, expected: object = {}, announced?: AnnouncedLoss): readonly string[] {
  return findLoadProblems({ ...GOOD, ...verdict }, STEP_SCHEMAS.stopLoad.parse({ name: 'x', expect: expected }).expect, announced);
}

describe('a load', () => {
  test('is as expected when nothing is wrong', () => expect(problems({})).toEqual([]));

  test.each(['lost', 'duplicated', 'skipped', 'unseen', 'reordered', 'invented', 'vanished'] as const)('may not have %s records when the scenario says nothing', (what) => {
    expect(problems({ [what]: bad })).toEqual([`${what}: 2 (expected: 0), a, b`]);
  });

  test.each([
    { name: 'errors of clients', verdict: { errors: 1 }, expected: {}, says: 'errors: 1 (expected: 0)' },
    { name: 'a loss that is another than the one expected', verdict: {}, expected: { lost: 3 }, says: 'lost: 0 (expected: 3)' },
    { name: 'a load that did nothing', verdict: { acknowledged: 0 }, expected: {}, says: 'acknowledged: 0 (expected: at least 1)' },
    { name: 'too many read twice', verdict: {}, expected: { maxRedelivered: 3 }, says: 'redelivered: 4 (allowed: 3)' },
    { name: 'too long without acknowledgement', verdict: {}, expected: { maxAckGap: '500ms' }, says: 'longest gap of acknowledgements: 800 ms (allowed: 500 ms)' },
    { name: 'too long without delivery', verdict: {}, expected: { maxDeliveryGap: '500ms' }, says: 'longest gap of deliveries: 900 ms (allowed: 500 ms)' },
  ])('is not: $name', ({ verdict, expected, says }) => expect(problems(verdict, expected)).toEqual([says]));

  test.each([
    { name: 'as announced', announced: { records: 2, isExact: true }, says: [] },
    { name: 'less than announced', announced: { records: 3, isExact: true }, says: ['lost: 2 (expected: 3), a, b'] },
    { name: 'more than announced', announced: { records: 1, isExact: true }, says: ['lost: 2 (expected: 1), a, b'] },
    { name: 'less than the most that was announced', announced: { records: 3, isExact: false }, says: [] },
    { name: 'more than the most that was announced', announced: { records: 1, isExact: false }, says: ['lost: 2 (allowed: 1), a, b'] },
    { name: 'without an announcement', announced: undefined, says: ['lost: 2 (expected: 0), a, b'] },
  ])('a loss: $name', ({ announced, says }) => expect(problems({ lost: bad }, { lost: 'announced' }, announced)).toEqual(says));

  test.each([{ max: 2, says: [] }, { max: 1, says: ['duplicated: 2 (allowed: 1), a, b'] }])('at most $max', ({ max, says }) => expect(problems({ duplicated: bad }, { duplicated: { max } })).toEqual(says));

  test('may have what the scenario allows', () => {
    expect(problems({ lost: bad }, { lost: 2, maxRedelivered: 4, maxAckGap: '800ms', maxDeliveryGap: '1s' })).toEqual([]);
  });
});
