import { describe, expect, test } from 'vitest';

interface Measure {
  readonly workload: string;
  readonly key: string;
  readonly isRatio?: boolean;
  readonly wanted?: { readonly isMet: (value: number) => boolean };
}

interface Report {
  readonly valuesOf: (rows: readonly object[], measure: Measure, target: string) => readonly number[];
  readonly judge: (values: readonly number[], measure: Measure) => string;
}

const { valuesOf, judge } = (await import(new URL('../../../bench/gateway/report.mjs', import.meta.url).href)) as Report;

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
    { name: 'what was not measured has no values', rows: [{ workload: 'produce', target: 'gwctl', round: 1, otherCores: 0 }], measure: SPEED, values: [] },
  ])('$name', ({ rows, measure, values }) => expect(valuesOf(rows, measure, 'gwctl')).toEqual(values));

  test.each([
    { name: 'the median meets it', values: [0.9, 0.95, 0.99], verdict: 'met' },
    { name: 'the median misses it', values: [0.9, 0.92, 0.99], verdict: 'missed' },
    { name: 'nothing was measured', values: [], verdict: '' },
  ])('$name', ({ values, verdict }) => expect(judge(values, { ...RATIO, wanted: { isMet: (value) => value >= 0.93 } })).toBe(verdict));
});
