import { describe, expect, test } from 'vitest';
import { checkHistory, type HistoryVerdict } from '../../../../src/drill/load/history-checker.ts';
import { findLoadProblems } from '../../../../src/drill/load/judge-load.ts';
import { STEP_SCHEMAS } from '../../../../src/drill/scenario-schema.ts';

const NOTHING = checkHistory({ sent: [], delivered: [], log: [], errors: [] });
const GOOD: HistoryVerdict = { ...NOTHING, sent: 10, acknowledged: 10, longestAckGapMs: 800, longestDeliveryGapMs: 900, redelivered: 4 };
const bad = { count: 2, examples: ['a', 'b'] };

function problems(verdict: Partial<HistoryVerdict>, expected: object = {}): readonly string[] {
  return findLoadProblems({ ...GOOD, ...verdict }, STEP_SCHEMAS.stopLoad.parse({ name: 'x', expect: expected }).expect);
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

  test('may have what the scenario allows', () => {
    expect(problems({ lost: bad }, { lost: 2, maxRedelivered: 4, maxAckGap: '800ms', maxDeliveryGap: '1s' })).toEqual([]);
  });
});
