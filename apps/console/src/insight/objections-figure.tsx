import type { ObjectionStats, ObjectionType } from '@baton/schema';
import { useMemo } from 'react';
import { formatDuration } from '../format/time.ts';
import { objectionLabels } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { formatOrDash, formatPercent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { objectionSentence } from './sentences.ts';

type Row = ObjectionStats['byType'][number];

/** `17 resolved, 3 deferred, 2 open` */
function labelOf({ resolved, deferred, active }: Row): string {
  const parts = [
    [resolved, 'resolved'],
    [deferred, 'deferred'],
    [active, 'open'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

export function ObjectionsFigure({
  stats,
  onOpen,
}: {
  stats: ObjectionStats | undefined;
  onOpen: (type: ObjectionType) => void;
}) {
  const rows = useMemo(
    () => (stats?.byType ?? []).filter(({ total }) => total > 0).toSorted((a, b) => b.total - a.total),
    [stats],
  );
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'type',
        header: 'About',
        value: ({ type }) => objectionLabels[type],
      },
      {
        id: 'total',
        header: 'Raised',
        isNumeric: true,
        value: ({ total }) => total,
        cell: ({ type, total }) => (
          <button
            type="button"
            onClick={() => onOpen(type)}
            className="rounded-[4px] underline decoration-line-strong underline-offset-3 hover:decoration-ink"
          >
            {total}
            <span className="sr-only">, open those about {objectionLabels[type]}</span>
          </button>
        ),
      },
      {
        id: 'resolved',
        header: 'Resolved',
        isNumeric: true,
        value: ({ resolved }) => resolved,
        cell: ({ resolved, resolutionRate }) => `${resolved} · ${formatPercent(resolutionRate)}`,
      },
      { id: 'deferred', header: 'Deferred', isNumeric: true, value: ({ deferred }) => deferred },
      { id: 'active', header: 'Open', isNumeric: true, value: ({ active }) => active },
      {
        id: 'time',
        header: 'Mean time',
        isNumeric: true,
        isWideOnly: true,
        value: ({ meanTimeToResolveMs }) => meanTimeToResolveMs,
        cell: ({ meanTimeToResolveMs }) => formatOrDash(meanTimeToResolveMs, formatDuration),
      },
    ],
    [onOpen],
  );
  return (
    <Figure
      title="Objections"
      sentence={stats === undefined ? undefined : objectionSentence(stats)}
      chart={{
        orientation: 'rows',
        bars: rows.map((row) => ({
          id: row.type,
          name: objectionLabels[row.type],
          parts: [
            { value: row.resolved, fill: 'solid' },
            { value: row.deferred, fill: 'hatched' },
            { value: row.active, fill: 'outlined' },
          ],
          label: labelOf(row),
        })),
        onOpen: (id) => {
          const type = rows.find((row) => row.type === id)?.type;
          if (type !== undefined) onOpen(type);
        },
      }}
      note="Full: resolved. Hatched: deferred. Outlined: open."
      table={
        <DataTable
          caption="Objections by what they are about"
          columns={columns}
          rows={rows}
          rowId={({ type }) => type}
        />
      }
    />
  );
}
