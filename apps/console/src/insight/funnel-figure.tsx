import type { MetricsFunnel, MetricsInput, SalesStage } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { stageWords } from '../format/words.ts';
import { behind } from './behind.ts';
import { type Column, DataTable } from './data-table.tsx';
import { percent } from './figures.ts';
import { Figure } from './figure.tsx';
import { asideSteps, type FunnelStep, funnelSentence, funnelSteps } from './funnel.ts';
import { InboxLink } from './inbox-link.tsx';

const whole = (value: number) => value.toLocaleString('en');

/** `412 · 61 % of qualified` */
function labelOf({ entered, fromBefore }: FunnelStep): string {
  if (fromBefore === null || fromBefore.rate === null) return whole(entered);
  return `${whole(entered)} · ${percent(fromBefore.rate)} of ${stageWords[fromBefore.stage].toLowerCase()}`;
}

function columnsOf(input: MetricsInput): Column<FunnelStep>[] {
  const linked = (stage: SalesStage, value: number) => (
    <InboxLink search={behind(input, { stage })} label={`Open those in ${stageWords[stage]} now`}>
      {whole(value)}
    </InboxLink>
  );
  return [
    { id: 'stage', header: 'Stage', value: ({ stage }) => stageWords[stage] },
    {
      id: 'entered',
      header: 'Entered',
      isNumeric: true,
      value: ({ entered }) => entered,
      cell: ({ stage, entered }) => linked(stage, entered),
    },
    {
      id: 'rate',
      header: 'Of the stage before',
      isNumeric: true,
      value: ({ fromBefore }) => fromBefore?.rate ?? null,
      cell: ({ fromBefore }) =>
        fromBefore === null || fromBefore.rate === null
          ? '–'
          : `${percent(fromBefore.rate)} (${whole(fromBefore.converted)} of ${whole(fromBefore.entered)})`,
    },
    {
      id: 'now',
      header: 'There now',
      isNumeric: true,
      value: ({ now }) => now,
      cell: ({ stage, now }) => (
        <InboxLink
          search={behind({ channel: input.channel }, { stage })}
          label={`Open those in ${stageWords[stage]} now`}
        >
          {whole(now)}
        </InboxLink>
      ),
    },
  ];
}

/** How far conversations get, and what share goes on from each stage to the next. */
export function FunnelFigure({ funnel, input }: { funnel: MetricsFunnel | undefined; input: MetricsInput }) {
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(input), [input]);
  const path = funnel === undefined ? [] : funnelSteps(funnel);
  const aside = funnel === undefined ? [] : asideSteps(funnel);
  const bars = [
    ...path.map((step) => ({ step, fill: 'solid' as const })),
    ...aside.map((step) => ({ step, fill: 'hatched' as const })),
  ].map(({ step, fill }) => ({
    id: step.stage,
    name: stageWords[step.stage],
    parts: [{ value: step.entered, fill }],
    label: labelOf(step),
  }));
  const stageOf = (id: string) => [...path, ...aside].find(({ stage }) => stage === id)?.stage;
  return (
    <Figure
      title="Funnel"
      sentence={funnel === undefined ? undefined : funnelSentence(funnel)}
      chart={{
        form: 'rows',
        bars,
        onOpen: (id) => void navigate({ to: '/inbox', search: behind(input, { stage: stageOf(id) }) }),
      }}
      note="Hatched: stages beside the path to a deal. A bar opens the conversations that are in its stage now."
      table={
        <DataTable
          caption="Conversations that entered each stage, the share of the stage before, and where they are now"
          columns={columns}
          rows={[...path, ...aside]}
          rowId={({ stage }) => stage}
        />
      }
    />
  );
}
