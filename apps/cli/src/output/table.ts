import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';
import { truncate } from './format.ts';

export type Column = {
  header: string;
  align?: 'left' | 'right';
  /** Where the terminal is too narrow, cells are cut down to this many characters. They must have no colours. */
  minWidth?: number;
  /** Where that is not enough, columns are dropped, the lowest number first; one without a number stays. */
  dropOrder?: number;
};

const COLUMN_GAP = 2;

/** A table without a frame, so that it can be pasted and grepped. */
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

/** Drops and cuts columns until they fit; spare width goes to the first column that was cut. */
function fitToWidth(columns: readonly Column[], rows: readonly string[][], width: number): VisibleColumn[] {
  let remaining = allColumns(columns, rows).map(({ column, cells }) => {
    const fullWidth = Math.max(
      ...[column.header, ...cells].map((cell) => stripVTControlCharacters(cell).length),
    );
    return { column, cells, fullWidth, minWidth: Math.min(fullWidth, column.minWidth ?? fullWidth) };
  });
  const requiredWidth = () =>
    remaining.reduce((sum, { minWidth }) => sum + minWidth + COLUMN_GAP, -COLUMN_GAP);
  const droppable = columns
    .filter(({ dropOrder }) => dropOrder !== undefined)
    .toSorted((a, b) => (a.dropOrder ?? 0) - (b.dropOrder ?? 0));
  for (const next of droppable) {
    if (requiredWidth() <= width) break;
    remaining = remaining.filter(({ column }) => column !== next);
  }
  let spareWidth = Math.max(0, width - requiredWidth());
  return remaining.map(({ column, cells, fullWidth, minWidth }) => {
    const extraWidth = Math.min(fullWidth - minWidth, spareWidth);
    spareWidth -= extraWidth;
    return {
      column,
      cells:
        extraWidth === fullWidth - minWidth
          ? cells
          : cells.map((cell) => truncate(cell, minWidth + extraWidth)),
    };
  });
}

export function printTable(terminal: Terminal, columns: readonly Column[], rows: readonly string[][]): void {
  for (const line of tableLines(columns, rows, terminal)) terminal.print(line);
}
