import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { KillRow } from './kill-rows.ts';

/** Rows of a matrix that is run in parts. */
export interface KeptRows {
  readonly rows: readonly KillRow[];
  keep(row: KillRow): void;
  /** It was run before. */
  has(name: string): boolean;
}

/** What the file has already; an empty name keeps nothing beyond this run. */
export function openKeptRows(file: string): KeptRows {
  const rows: KillRow[] = file !== '' && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as KillRow) : [];
  return {
    rows,
    keep: (row) => {
      rows.push(row);
      if (file !== '') appendFileSync(file, `${JSON.stringify(row)}\n`);
    },
    has: (wanted) => rows.some(({ name }) => name === wanted),
  };
}
