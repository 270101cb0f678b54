import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { clipped } from './format.ts';

export type Column = {
  head: string;
  align?: 'left' | 'right';
  /** Where the screen is too narrow, its cells, which have no colours, are cut down to this many characters. */
  least?: number;
  /** Where that is not enough, columns go, the one with the lowest number first; a column without one stays. */
  goes?: number;
};

const GAP = 2;

/** Lines of a plain table: no frame, so that it pastes and greps well; no wider than the screen where it can be. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly string[][],
  { colors, width }: Pick<Terminal, 'colors' | 'width'>,
): string[] {
  const shown = width === null ? whole(columns, rows) : fitted(columns, rows, width);
  const table = new Table({
    head: shown.map(({ column }) => colors.dim(column.head)),
    colAligns: shown.map(({ column }) => column.align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  table.push(...rows.map((_row, index) => shown.map(({ cells }) => cells[index] ?? '')));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

type Shown = { column: Column; cells: string[] };

function whole(columns: readonly Column[], rows: readonly string[][]): Shown[] {
  return columns.map((column, index) => ({ column, cells: rows.map((row) => row[index] ?? '') }));
}

/** The columns that the screen has room for, cut where they may be; what room is left goes to the first that can use it. */
function fitted(columns: readonly Column[], rows: readonly string[][], width: number): Shown[] {
  let kept = whole(columns, rows).map(({ column, cells }) => {
    const wide = Math.max(...[column.head, ...cells].map((cell) => stripVTControlCharacters(cell).length));
    return { column, cells, wide, least: Math.min(wide, column.least ?? wide) };
  });
  const needed = () => kept.reduce((sum, { least }) => sum + least + GAP, -GAP);
  const going = columns
    .filter(({ goes }) => goes !== undefined)
    .toSorted((a, b) => (a.goes ?? 0) - (b.goes ?? 0));
  for (const next of going) {
    if (needed() <= width) break;
    kept = kept.filter(({ column }) => column !== next);
  }
  let spare = Math.max(0, width - needed());
  return kept.map(({ column, cells, wide, least }) => {
    const given = Math.min(wide - least, spare);
    spare -= given;
    return {
      column,
      cells: given === wide - least ? cells : cells.map((cell) => clipped(cell, least + given)),
    };
  });
}

export function printTable(terminal: Terminal, columns: readonly Column[], rows: readonly string[][]): void {
  for (const line of tableLines(columns, rows, terminal)) terminal.print(line);
}
