import { describe, expect, test } from 'vitest';

interface Measure {
  readonly workload: string;
  readonly key: string;
  readonly isRatio?: boolean;
  readonly pick?: (values: readonly number[]) => number;
  readonly wanted?: { readonly isMet: (value: number) => boolean };
}

interface Report {
  readonly valuesOf: (rows: readonly object[], measure: Measure, target: string) => readonly number[];
  readonly verdictOf: (rows: readonly object[], measure: Measure) => string;
}

const { valuesOf, verdictOf } = (await import(new URL('../../../bench/gateway/report.mjs', import.meta.url).href)) as Report;

const row = (target: string, round: number, mbPerSecond: number, otherCores = 0.3) => ({ workload: 'produce', target, round, mbPerSecond, otherCores });
const SPEED = { workload: 'produce', key: 'mbPerSecond' };
const RATIO = { ...SPEED, isRatio: true };

describe('values of a benchmark', () => {
  test.each([
    { name: 'a ratio is to direct of the same round', rows: [row('direct', 1, 100), row('gwctl', 1, 90), row('direct', 2, 50), row('gwctl', 2, 50)], measure: RATIO, values: [0.9, 1] },
    { name: 'a round without direct has no ratio', rows: [row('direct', 1, 100), row('gwctl', 1, 90), row('gwctl', 2, 50)], measure: RATIO, values: [0.9] },
    { name: 'a noisy round is left out', rows: [row('gwctl', 1, 90), row('gwctl', 2, 50, 1.01)], measure: SPEED, values: [90] },
    { name: 'one core of others is not noisy yet', rows: [row('gwctl', 1, 90), row('gwctl', 2, 50, 1)], measure: SPEED, values: [90, 50] },
    { name: 'noisy rounds count when there are no others', rows: [row('gwctl', 1, 90, 1.5), row('gwctl', 2, 50, 1.5)], measure: SPEED, values: [90, 50] },
    { name: 'a ratio is noisy when direct was', rows: [row('direct', 1, 100, 1.5), row('gwctl', 1, 90), row('direct', 2, 50), row('gwctl', 2, 50)], measure: RATIO, values: [1] },
    { name: 'a peak counts in every round', rows: [row('gwctl', 1, 90), row('gwctl', 2, 95, 1.5)], measure: { ...SPEED, pick: (all: readonly number[]) => Math.max(...all) }, values: [90, 95] },
    { name: 'what was not measured has no values', rows: [{ workload: 'produce', target: 'gwctl', round: 1, otherCores: 0 }], measure: SPEED, values: [] },
  ])('$name', ({ rows, measure, values }) => expect(valuesOf(rows, measure, 'gwctl')).toEqual(values));

  test.each([
    { name: 'the median meets it', rows: [row('gwctl', 1, 90), row('gwctl', 2, 95), row('gwctl', 3, 99)], verdict: 'met' },
    { name: 'the median misses it', rows: [row('gwctl', 1, 90), row('gwctl', 2, 92), row('gwctl', 3, 99)], verdict: 'missed' },
    { name: 'only noisy rounds meet it', rows: [row('gwctl', 1, 95, 1.2), row('gwctl', 2, 96, 1.2)], verdict: 'met, noisy' },
    { name: 'one quiet round is enough not to be noisy', rows: [row('gwctl', 1, 95, 1.2), row('gwctl', 2, 90)], verdict: 'missed' },
    { name: 'nothing was measured', rows: [], verdict: '' },
  ])('$name', ({ rows, verdict }) => expect(verdictOf(rows, { ...SPEED, wanted: { isMet: (value) => value >= 93 } })).toBe(verdict));
});
