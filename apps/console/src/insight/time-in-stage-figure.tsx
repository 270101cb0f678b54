import type { MetricsTimeInStage } from '@baton/schema';
import { stageLabels } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { durationColumns } from './duration-columns.ts';
import { FigureLink, useOpenDrilldown } from './figure-link.tsx';
import { formatOrDash, formatStay } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { timeInStageSentence } from './sentences.ts';

type Stay = MetricsTimeInStage['stages'][number];

const COLUMNS: Column<Stay>[] = [
  { id: 'stage', header: 'Stage', value: ({ stage }) => stageLabels[stage] },
  {
    id: 'count',
    header: 'Left it',
    isNumeric: true,
    value: ({ count }) => count,
    cell: ({ stage, count }) => (
      <FigureLink drilldown={{ figure: 'stays', stage }} isZero={count === 0}>
        {count.toLocaleString('en')}
      </FigureLink>
    ),
  },
  ...durationColumns(formatStay),
  {
    id: 'mean',
    header: 'Mean',
    isNumeric: true,
    isWideOnly: true,
    value: ({ meanMs }) => meanMs,
    cell: ({ meanMs }) => formatOrDash(meanMs, formatStay),
  },
];

/** Counts only stages that were left in the period. */
export function TimeInStageFigure({ metrics }: { metrics: MetricsTimeInStage | undefined }) {
  const open = useOpenDrilldown();
  const stays = metrics?.stages.filter(({ count }) => count > 0) ?? [];
  return (
    <Figure
      title="Time in stage"
      sentence={metrics === undefined ? undefined : timeInStageSentence(metrics)}
      chart={{
        orientation: 'rows',
        bars: stays.map(({ stage, medianMs, p90Ms }) => ({
          id: stage,
          name: stageLabels[stage],
          parts: [
            { value: medianMs ?? 0, fill: 'solid' },
            { value: Math.max(0, (p90Ms ?? 0) - (medianMs ?? 0)), fill: 'hatched' },
          ],
          label: `${formatOrDash(medianMs, formatStay)} · ${formatOrDash(p90Ms, formatStay)}`,
        })),
        onOpen: (id) => {
          const stage = stays.find((each) => each.stage === id)?.stage;
          if (stage !== undefined) open({ figure: 'stays', stage });
        },
      }}
      note="Full: the time within which half had left. Hatched: up to where nine in ten had."
      table={
        <DataTable
          caption="How long conversations stayed in each stage that they left in the period"
          columns={COLUMNS}
          rows={stays}
          rowId={({ stage }) => stage}
        />
      }
    />
  );
}
