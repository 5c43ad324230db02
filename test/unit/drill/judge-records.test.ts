import { describe, expect, test } from 'vitest';
import { judgeRecords, type RecordsExpected, renderRecord, showValue } from '../../../src/drill/judge-records.ts';

const TOM = { name: 'tom', address: 'London' };
const FLORENT = { name: 'florent', address: 'Dubai' };
const values = [TOM, FLORENT].map((record) => JSON.stringify(record));

function outcome(expected: Partial<RecordsExpected>, seen: readonly string[] = values): 'ok' | 'not yet' | 'never' {
  const judgement = judgeRecords(expected as RecordsExpected, seen);
  return judgement.ok ? 'ok' : judgement.isFinal === true ? 'never' : 'not yet';
}

describe('records of a topic', () => {
  test.each<{ name: string; expected: Partial<RecordsExpected>; seen?: string[]; is: string }>([
    { name: 'exactly these', expected: { records: [TOM, FLORENT] }, is: 'ok' },
    { name: 'these, keys in another order', expected: { records: [{ address: 'London', name: 'tom' }, FLORENT] }, is: 'ok' },
    { name: 'these in another order', expected: { records: [FLORENT, TOM] }, is: 'never' },
    { name: 'one too few', expected: { records: [TOM, FLORENT] }, seen: [values[0] as string], is: 'not yet' },
    { name: 'one too many', expected: { records: [TOM] }, is: 'never' },
    { name: 'one with a key more than expected', expected: { records: [{ name: 'tom' }, FLORENT] }, is: 'never' },
    { name: 'text', expected: { records: ['a', 'b'] }, seen: ['a', 'b'], is: 'ok' },
    { name: 'text that differs', expected: { records: ['a', 'B'] }, seen: ['a', 'b'], is: 'never' },
    { name: 'among them, by some keys', expected: { contains: [{ name: 'florent' }] }, is: 'ok' },
    { name: 'not among them', expected: { contains: [{ name: 'thibaut' }] }, is: 'not yet' },
    { name: 'absent', expected: { absent: [{ name: 'thibaut' }] }, is: 'ok' },
    { name: 'absent, and there', expected: { absent: [{ name: 'tom' }] }, is: 'never' },
    { name: 'absent as a whole, and there with another key', expected: { absent: [{ ...TOM, address: 'Paris' }] }, is: 'ok' },
    { name: 'absent, but one that must be there is missing', expected: { absent: [{ name: 'x' }], records: [TOM, FLORENT] }, seen: [], is: 'not yet' },
    { name: 'a number', expected: { count: 2 }, is: 'ok' },
    { name: 'a number that is passed', expected: { count: 1 }, is: 'never' },
    { name: 'none', expected: { count: 0 }, seen: [], is: 'ok' },
    { name: 'a section, and a value that is not JSON', expected: { contains: [{ name: 'tom' }] }, seen: ['tom'], is: 'not yet' },
  ])('$name: $is', ({ expected, seen, is }) => expect(outcome(expected, seen)).toBe(is));

  test('what differs is said with both sides', () => {
    expect(judgeRecords({ records: ['a', 'b'] } as RecordsExpected, ['a', 'c'])).toEqual({ ok: false, expected: '2 records: a · b', seen: '2 records: a · c', isFinal: true });
  });

  test('a section is written as JSON, keys in the order of the file', () => expect(renderRecord({ b: 1, a: '#x' })).toBe('{"b":1,"a":"#x"}'));
  test('a long value is cut where it is shown', () => expect(showValue('x'.repeat(1000))).toBe(`${'x'.repeat(160)}… (1000 characters)`));
});
