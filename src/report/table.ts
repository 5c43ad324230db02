import Table from 'cli-table3';
import type { Palette } from './palette.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Aligned columns without lines, so that they can be read and cut alike. Colour only through the palette; ends with a line end. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], palette?: Pick<Palette, 'strong'>): string {
  const strong = palette?.strong ?? ((text: string) => text);
  const table = new Table({
    chars: NO_LINES,
    head: columns.map(({ title }) => strong(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
};
