import type { MetricsInput, MetricsTimeInStage } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { duration } from '../format/time.ts';
import { stageWords } from '../format/words.ts';
import { behind } from './behind.ts';
import { type Column, DataTable } from './data-table.tsx';
import { measured } from './figures.ts';
import { Figure } from './figure.tsx';
import { InboxLink } from './inbox-link.tsx';
import { timeInStageSentence } from './sentences.ts';

type Stay = MetricsTimeInStage['stages'][number];

function columnsOf(input: MetricsInput): Column<Stay>[] {
  return [
    { id: 'stage', header: 'Stage', value: ({ stage }) => stageWords[stage] },
    {
      id: 'count',
      header: 'Left it',
      isNumeric: true,
      value: ({ count }) => count,
      cell: ({ stage, count }) => (
        <InboxLink search={behind(input, { stage })} label={`Open those in ${stageWords[stage]} now`}>
          {count.toLocaleString('en')}
        </InboxLink>
      ),
    },
    {
      id: 'median',
      header: 'Median',
      isNumeric: true,
      value: ({ medianMs }) => medianMs,
      cell: ({ medianMs }) => measured(medianMs, duration),
    },
    {
      id: 'p90',
      header: '9 in 10 within',
      isNumeric: true,
      value: ({ p90Ms }) => p90Ms,
      cell: ({ p90Ms }) => measured(p90Ms, duration),
    },
    {
      id: 'mean',
      header: 'Mean',
      isNumeric: true,
      isWideOnly: true,
      value: ({ meanMs }) => meanMs,
      cell: ({ meanMs }) => measured(meanMs, duration),
    },
  ];
}

/** How long conversations stay in the stages that they left in the period. */
export function TimeInStageFigure({
  measures,
  input,
}: {
  measures: MetricsTimeInStage | undefined;
  input: MetricsInput;
}) {
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(input), [input]);
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
          label: `${measured(medianMs, duration)} · ${measured(p90Ms, duration)}`,
        })),
        onOpen: (id) => {
          const stage = stays.find((stay) => stay.stage === id)?.stage;
          void navigate({ to: '/inbox', search: behind(input, { stage }) });
        },
      }}
      note="Full: the time within which half had left. Hatched: up to where nine in ten had."
      table={
        <DataTable
          caption="How long conversations stayed in each stage that they left in the period"
          columns={columns}
          rows={stays}
          rowId={({ stage }) => stage}
        />
      }
    />
  );
}
