import type { DurationSummary } from '@baton/schema';
import type { Column } from '../ui/data-table.tsx';
import { formatOrDash } from './format-figures.ts';

/** How long half of them took, and nine in ten. */
export const durationColumns = (show: (ms: number) => string): readonly Column<DurationSummary>[] => [
  {
    id: 'median',
    header: 'Median',
    isNumeric: true,
    value: ({ medianMs }) => medianMs,
    cell: ({ medianMs }) => formatOrDash(medianMs, show),
  },
  {
    id: 'p90',
    header: '9 in 10 within',
    isNumeric: true,
    value: ({ p90Ms }) => p90Ms,
    cell: ({ p90Ms }) => formatOrDash(p90Ms, show),
  },
];
