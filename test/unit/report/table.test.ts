import { expect, test } from 'vitest';
import { renderJson } from '../../../src/report/json.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { renderTable } from '../../../src/report/table.ts';

const columns = [{ title: 'TOPIC' }, { title: 'LAG', align: 'right' }, { title: 'NOTE' }] as const;

test('columns are aligned, without lines, colours and trailing blanks', () => {
  expect(renderTable(columns, [['users', '7', ''], ['teamAorders', '12,345', 'stale']])).toBe('TOPIC           LAG  NOTE\nusers             7\nteamAorders  12,345  stale\n');
});

test('a table without rows is its heading', () => expect(renderTable(columns, [])).toBe('TOPIC  LAG  NOTE\n'));

test('a title is emphasised on a terminal only, and not with NO_COLOR', () => {
  expect(renderTable(columns, [], createPalette(true, {}))).toContain('\u001B[1mTOPIC');
  expect(renderTable(columns, [], createPalette(true, { NO_COLOR: '1' }))).toBe('TOPIC  LAG  NOTE\n');
  expect(renderTable(columns, [], createPalette(false, { FORCE_COLOR: '1' }))).toBe('TOPIC  LAG  NOTE\n');
});

test('offsets are numbers in JSON while a number is exact, and text beyond', () => {
  expect(JSON.parse(renderJson({ small: 42n, large: 9_007_199_254_740_993n }))).toEqual({ small: 42, large: '9007199254740993' });
});
