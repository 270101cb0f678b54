import type { MetricsTimeInStage } from '@baton/schema';
import { stageWords } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { durationColumns } from './duration-columns.ts';
import { FigureLink, useOpenBehind } from './figure-link.tsx';
import { measured, stay } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { timeInStageSentence } from './sentences.ts';

type Stay = MetricsTimeInStage['stages'][number];

const COLUMNS: Column<Stay>[] = [
  { id: 'stage', header: 'Stage', value: ({ stage }) => stageWords[stage] },
  {
    id: 'count',
    header: 'Left it',
    isNumeric: true,
    value: ({ count }) => count,
    cell: ({ stage, count }) => (
      <FigureLink behind={{ figure: 'stays', stage }} isNothing={count === 0}>
        {count.toLocaleString('en')}
      </FigureLink>
    ),
  },
  ...durationColumns(stay),
  {
    id: 'mean',
    header: 'Mean',
    isNumeric: true,
    isWideOnly: true,
    value: ({ meanMs }) => meanMs,
    cell: ({ meanMs }) => measured(meanMs, stay),
  },
];

/** How long conversations stay in the stages that they left in the period. */
export function TimeInStageFigure({ measures }: { measures: MetricsTimeInStage | undefined }) {
  const open = useOpenBehind();
  const stays = measures?.stages.filter(({ count }) => count > 0) ?? [];
  return (
    <Figure
      title="Time in stage"
      sentence={measures === undefined ? undefined : timeInStageSentence(measures)}
      chart={{
        form: 'rows',
        bars: stays.map(({ stage, medianMs, p90Ms }) => ({
          id: stage,
          name: stageWords[stage],
          parts: [
            { value: medianMs ?? 0, fill: 'solid' },
            { value: Math.max(0, (p90Ms ?? 0) - (medianMs ?? 0)), fill: 'hatched' },
          ],
          label: `${measured(medianMs, stay)} · ${measured(p90Ms, stay)}`,
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
