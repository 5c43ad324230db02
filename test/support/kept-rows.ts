import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { KillRow } from './kill-rows.ts';

/** Rows of a matrix that is run in parts. */
export interface KeptRows {
  /** One a case: the last. */
  rows(): readonly KillRow[];
  keep(row: KillRow): void;
  /** It was run before, and was as promised: what was not is run again. */
  has(name: string): boolean;
}

/** What the file has already; an empty name keeps nothing beyond this run. */
export function openKeptRows(file: string): KeptRows {
  const rows = new Map<string, KillRow>();
  const kept = file !== '' && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as KillRow) : [];
  for (const row of kept) rows.set(row.name, row);
  return {
    rows: () => [...rows.values()],
    keep: (row) => {
      rows.set(row.name, row);
      if (file !== '') appendFileSync(file, `${JSON.stringify(row)}\n`);
    },
    has: (name) => {
      const outcome = rows.get(name)?.outcome;
      return typeof outcome === 'object' && outcome.problems.length === 0;
    },
  };
}
