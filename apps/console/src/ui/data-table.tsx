import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  sortFn_text,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { classNames } from './class-names.ts';

const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { text: sortFn_text },
});

export type Column<Row> = {
  id: string;
  header: string;
  /** Sort value; null sorts last. */
  value: (row: Row) => string | number | null;
  /** Default: the value itself. */
  cell?: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** Hidden on narrow screens. */
  isWideOnly?: boolean;
};

export type DataTableProps<Row> = {
  /** For screen readers. */
  caption: string;
  /** The first column names the row. Memoize the array. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  initialSort?: SortingState;
};

const ALIGN = { left: 'text-left', right: 'text-right' } as const;
const alignOf = (isNumeric: boolean | undefined) => ALIGN[isNumeric === true ? 'right' : 'left'];

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowId, initialSort } = props;
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map((column) =>
      helper.accessor((row): unknown => column.value(row) ?? undefined, {
        id: column.id,
        header: column.header,
        sortUndefined: 'last',
        sortDescFirst: column.isNumeric === true,
        ...(column.isNumeric !== true && { sortFn: 'text' as const }),
      }),
    );
  }, [columns]);
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: rowId,
    enableSortingRemoval: false,
    initialState: { sorting: initialSort ?? [] },
  });

  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b border-line-strong">
              {group.headers.map((header) => {
                const column = byId.get(header.column.id);
                const order = header.column.getIsSorted();
                const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={order === false ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
                    className={classNames(
                      'h-8 px-3 text-meta font-normal whitespace-nowrap text-ink-3 first:pl-0 last:pr-0',
                      alignOf(column?.isNumeric),
                      column?.isWideOnly === true && 'max-two:hidden',
                    )}
                  >
                    <button
                      type="button"
                      onClick={header.column.getToggleSortingHandler()}
                      className={classNames(
                        'inline-flex items-center gap-1 hover:text-ink',
                        column?.isNumeric === true && 'flex-row-reverse',
                      )}
                    >
                      {column?.header}
                      <Arrow size={12} aria-hidden className={order === false ? 'invisible' : undefined} />
                    </button>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className="border-b border-line last:border-b-0 hover:bg-hover">
              {row.getAllCells().map((cell, index) => {
                const column = byId.get(cell.column.id);
                const Cell = index === 0 ? 'th' : 'td';
                return (
                  <Cell
                    key={cell.id}
                    {...(index === 0 && { scope: 'row' })}
                    className={classNames(
                      'h-9 px-3 font-normal *:align-middle first:pl-0 last:pr-0',
                      alignOf(column?.isNumeric),
                      column?.isNumeric === true && 'whitespace-nowrap',
                      column?.isWideOnly === true && 'max-two:hidden',
                    )}
                  >
                    {column?.cell?.(row.original) ?? column?.value(row.original) ?? '–'}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
