import { expect, test } from 'vitest';
import { parseDurationMs } from '../../../src/config/duration.ts';

test.each([
  ['500ms', 500],
  ['20s', 20_000],
  ['1.5s', 1500],
  ['2m', 120_000],
  ['0s', 0],
])('%s is %i ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

test.each(['', '20', 's', '-1s', '1h', '1 s', '1s2s', '1e3s', '.5s'])('"%s" is not a duration', (text) => expect(parseDurationMs(text)).toBeUndefined());
