import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { API, API_TABLE } from '../../src/gateway/api-table.ts';
import { APIS } from '../../src/wire/generated/apis.ts';
import { missingRows, uselessPaths, versionsOf } from '../support/rewrite-tables/coverage.ts';
import { gatewaySide, passThrough, type GatewaySide } from '../support/rewrite-tables/gateway-exchange.ts';
import { parseRewriteTable, readRewriteTables, type RewriteCase, type RewriteTable } from '../support/rewrite-tables/rewrite-table.ts';
import { runCase, type DirectionName } from '../support/rewrite-tables/run-case.ts';
import { tableSurroundings } from '../support/rewrite-tables/table-surroundings.ts';

// The format is told at RewriteCase.
const tables = readRewriteTables(path.join(import.meta.dirname, 'rewrites'));
const rows = tables.flatMap((table) => rowsOf(table));
const nameOf = (key: number): string => APIS.get(key)?.name ?? `api ${key}`;

interface Row {
  readonly title: string;
  readonly table: RewriteTable;
  readonly direction: DirectionName;
  readonly row: RewriteCase;
}

function rowsOf(table: RewriteTable): Row[] {
  return (['request', 'response'] as const).flatMap((direction) => table[direction].map((row) => ({ title: `${table.api.name} ${row.name}`, table, direction, row })));
}

/** The versions in which the row does not hold. */
async function failuresOf({ table, direction, row }: Row, sideOf: () => GatewaySide): Promise<readonly number[]> {
  const failures: number[] = [];
  for (const version of versionsOf(row)) {
    const isRight = await runCase(table.api, direction, row, version, sideOf()).then(({ seen, expected }) => isEqual(seen, expected), () => false);
    if (!isRight) failures.push(version);
  }
  return failures;
}

function isEqual(left: unknown, right: unknown): boolean {
  try {
    expect(left).toEqual(right);
    return true;
  } catch {
    return false;
  }
}

const real = (): GatewaySide => gatewaySide(tableSurroundings());

describe('what is rewritten, and that nothing else is', () => {
  test.each(rows.flatMap((row) => versionsOf(row.row).map((version) => ({ ...row, version }))))('$title: version $version', async ({ table, direction, row, version }) => {
    const { seen, expected } = await runCase(table.api, direction, row, version, real());
    expect(seen).toEqual(expected);
  });
});

describe('the tables cover', () => {
  test('every api that the gateway serves, in every version, with every field that can name something of a cluster', () => {
    expect(missingRows(API_TABLE.values(), tables, nameOf)).toEqual([]);
  });

  test('no path that no version has', () => {
    expect(tables.flatMap(uselessPaths)).toEqual([]);
  });

  test('and a missing table, version or field is noticed', () => {
    const without = tables.filter(({ api }) => api.key !== API.heartbeat).map((table): RewriteTable => {
      if (table.api.key === API.metadata) return { ...table, request: table.request.filter(({ versions }) => versions[0] !== 0) };
      if (table.api.key !== API.fetch) return table;
      return { ...table, request: table.request.map((row) => ({ ...row, given: {}, expected: { ...row.expected, 'topics[].topic': 'teamAusers' } })), response: [] };
    });
    expect(missingRows(API_TABLE.values(), without, nameOf)).toEqual(expect.arrayContaining(['Heartbeat has no table', 'Metadata request 0 has no row', 'Fetch request 13: topics[].topicId', 'Fetch response 4 has no row']));
    expect(parseRewriteTable('heartbeat.yaml', 'api: Heartbeat\nrequest: [{given: {groupid: g}}]')).toSatisfy((table: RewriteTable) => uselessPaths(table).length === 1);
  });

  test.each([
    { text: 'api: Heartbeat\nrequests: []', error: /unknown key "requests"/ },
    { text: 'api: Heartbeat\nrequest: [{expect: {}}]', error: /unknown key "expect"/ },
    { text: 'api: Heartbeat\nrequest: [{versions: 0-9}]', error: /versions 0-9 \(allowed: within 0-4\)/ },
    { text: 'api: LeaveGroup', error: /is not called leave-group.yaml/ },
    { text: 'api: ShareFetch', error: /no api of the table/ },
  ])('$text is no table', ({ text, error }) => expect(() => parseRewriteTable('heartbeat.yaml', text)).toThrow(error));
});

describe('controls', () => {
  const changing = rows.filter(({ row }) => row.answer !== undefined || Object.keys(row.expected).length > 0);

  test.each(changing)('$title fails without a gateway', async (row) => {
    expect(await failuresOf(row, passThrough)).not.toEqual([]);
  });

  test.each(changing.flatMap((row) => Object.keys(row.row.answer ?? row.row.expected).map((at) => ({ ...row, at }))))('$title fails without its line $at', async ({ at, ...row }) => {
    const without = (values: RewriteCase['given']): RewriteCase['given'] => Object.fromEntries(Object.entries(values).filter(([line]) => line !== at));
    const mutated = row.row.answer === undefined ? { ...row.row, expected: without(row.row.expected) } : { ...row.row, answer: without(row.row.answer) };
    expect(await failuresOf({ ...row, row: mutated }, real)).not.toEqual([]);
  });
});
