import { expect, test } from 'vitest';
import { buildDeadlines, PHASE_NAMES } from '../../../src/config/deadlines.ts';

const pauseOf = ({ pauseMs, drainMs, proveTailMs, moveGroupsMs }: ReturnType<typeof buildDeadlines>): readonly number[] => [pauseMs, drainMs, proveTailMs, moveGroupsMs];

test.each([
  { name: 'nothing', entries: {}, pause: [4000, 4000, 8000, 4000] },
  { name: 'one of them', entries: { proveTail: '12s' }, pause: [2666, 2666, 12_000, 2666] },
  { name: 'all but one', entries: { pause: '1s', drain: '2s', proveTail: '3s' }, pause: [1000, 2000, 3000, 14_000] },
  { name: 'all', entries: { pause: '1s', drain: '1s', proveTail: '1s', moveGroups: '1s' }, pause: [1000, 1000, 1000, 1000] },
])('the file gives $name: the rest of the pause budget is shared', ({ entries, pause }) => {
  expect(pauseOf(buildDeadlines(entries, 20_000))).toEqual(pause);
});

test('the other phases do not depend on the pause budget', () => {
  const { commitMs, flipMs, prepareMs } = buildDeadlines({ flip: '500ms' }, 1000);
  expect({ commitMs, flipMs, prepareMs }).toEqual({ commitMs: 15_000, flipMs: 500, prepareMs: 10_000 });
});

test('every phase that can be named has its deadline', () => {
  for (const name of PHASE_NAMES) expect(buildDeadlines({ [name]: '123ms' }, 20_000)).toMatchObject({ [`${name}Ms`]: 123 });
});
