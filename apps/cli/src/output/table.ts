import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { truncate } from './format.ts';

export type Column = {
  header: string;
  align?: 'left' | 'right';
  /** Where the screen is too narrow, its cells, which have no colours, are cut down to this many characters. */
  minWidth?: number;
  /** Where that is not enough, columns go, the one with the lowest number first; a column without one stays. */
  dropOrder?: number;
};

const COLUMN_GAP = 2;

/** Lines of a plain table: no frame, so that it pastes and greps well; no wider than the screen where it can be. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly string[][],
  { colors, width }: Pick<Terminal, 'colors' | 'width'>,
): string[] {
  const visible = width === null ? allColumns(columns, rows) : fitToWidth(columns, rows, width);
  const table = new Table({
    head: visible.map(({ column }) => colors.dim(column.header)),
    colAligns: visible.map(({ column }) => column.align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': COLUMN_GAP },
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
  table.push(...rows.map((_row, index) => visible.map(({ cells }) => cells[index] ?? '')));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

type VisibleColumn = { column: Column; cells: string[] };

function allColumns(columns: readonly Column[], rows: readonly string[][]): VisibleColumn[] {
  return columns.map((column, index) => ({ column, cells: rows.map((row) => row[index] ?? '') }));
}

/** The columns that the screen has room for, cut where they may be; what room is left goes to the first that can use it. */
function fitToWidth(columns: readonly Column[], rows: readonly string[][], width: number): VisibleColumn[] {
  let kept = allColumns(columns, rows).map(({ column, cells }) => {
    const fullWidth = Math.max(
      ...[column.header, ...cells].map((cell) => stripVTControlCharacters(cell).length),
    );
    return { column, cells, wide: fullWidth, minWidth: Math.min(fullWidth, column.minWidth ?? fullWidth) };
  });
  const requiredWidth = () =>
    kept.reduce((sum, { minWidth: least }) => sum + least + COLUMN_GAP, -COLUMN_GAP);
  const droppable = columns
    .filter(({ dropOrder: goes }) => goes !== undefined)
    .toSorted((a, b) => (a.dropOrder ?? 0) - (b.dropOrder ?? 0));
  for (const next of droppable) {
    if (requiredWidth() <= width) break;
    kept = kept.filter(({ column }) => column !== next);
  }
  let spareWidth = Math.max(0, width - requiredWidth());
  return kept.map(({ column, cells, wide, minWidth: least }) => {
    const extraWidth = Math.min(wide - least, spareWidth);
    spareWidth -= extraWidth;
    return {
      column,
      cells: extraWidth === wide - least ? cells : cells.map((cell) => truncate(cell, least + extraWidth)),
    };
  });
}

export function printTable(terminal: Terminal, columns: readonly Column[], rows: readonly string[][]): void {
  for (const line of tableLines(columns, rows, terminal)) terminal.print(line);
}
