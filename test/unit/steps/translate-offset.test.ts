import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateOffset } from '../../../src/steps/translate-offset.ts';

/** Source without gaps, target of an exactly-once MirrorMaker: a marker behind each record. */
const TAILS = { source: [10n, 11n, 12n, 13n], target: [20n, 22n, 24n, 26n], targetEnd: 28n };

describe('a group goes on before the record that is as far from the end', () => {
  test.each([
    { name: 'at the end', committed: 14n, expected: 28n },
    { name: 'beyond the end, behind markers', committed: 20n, expected: 28n },
    { name: 'one before the end', committed: 13n, expected: 26n },
    { name: 'in the middle', committed: 12n, expected: 24n },
    { name: 'at the first of them', committed: 10n, expected: 20n },
  ])('$name', ({ committed, expected }) => expect(translateOffset(committed, TAILS)).toBe(expected));

  test('in a gap of the source (a marker, a compacted record): the next record is what counts', () => {
    expect(translateOffset(12n, { source: [10n, 14n], target: [3n, 4n], targetEnd: 5n })).toBe(4n);
  });

  test('on an empty partition: its end, which is its beginning', () => {
    expect(translateOffset(0n, { source: [], target: [], targetEnd: 0n })).toBe(0n);
  });

  test('a target with fewer records says nothing', () => {
    expect(translateOffset(10n, { source: [10n, 11n], target: [5n], targetEnd: 6n })).toBeUndefined();
  });
});

test('it never skips a record and never goes back behind one that was read, whatever the gaps on either side', () => {
  const ascending = fc.uniqueArray(fc.bigInt(0n, 10_000n), { minLength: 1, maxLength: 60 }).map((offsets) => offsets.sort((a, b) => (a < b ? -1 : 1)));
  fc.assert(
    fc.property(ascending, ascending, fc.bigInt(0n, 10_001n), fc.bigInt(0n, 10_001n), (one, other, a, b) => {
      const count = Math.min(one.length, other.length);
      const source = one.slice(-count);
      const target = other.slice(-count);
      const tails = { source, target, targetEnd: (target.at(-1) ?? 0n) + 2n };
      const lowest = source[0] ?? 0n;
      const [low, high] = a < b ? [a, b] : [b, a];
      for (const committed of [low, high]) {
        if (committed < lowest) continue;
        const position = translateOffset(committed, tails) ?? -1n;
        const unreadHere = source.filter((offset) => offset >= committed).length;
        const unreadThere = target.filter((offset) => offset >= position).length;
        expect(unreadThere).toBe(unreadHere);
      }
      if (low >= lowest) expect((translateOffset(low, tails) ?? 0n) <= (translateOffset(high, tails) ?? 0n)).toBe(true);
    }),
  );
});
