import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

export type Column = { head: string; align?: 'left' | 'right' };

/** Lines of a plain table: no frame, so that it pastes and greps well. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly string[][],
  { colors }: Pick<Terminal, 'colors'>,
): string[] {
  const table = new Table({
    head: columns.map(({ head }) => colors.dim(head)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
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
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

export function printTable(terminal: Terminal, columns: readonly Column[], rows: readonly string[][]): void {
  for (const line of tableLines(columns, rows, terminal)) terminal.print(line);
}
