import type { MetricsFunnel, MetricsPeriod } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { stageWords } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink, figureLook, useOpenBehind } from './figure-link.tsx';
import { NOTHING, percent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { asideSteps, type FunnelStep, funnelSentence, funnelSteps } from './funnel.ts';

const whole = (value: number) => value.toLocaleString('en');

/** `412 · 61 % of qualified` */
function labelOf({ entered, fromBefore }: FunnelStep): string {
  if (fromBefore === null || fromBefore.rate === null) return whole(entered);
  return `${whole(entered)} · ${percent(fromBefore.rate)} of ${stageWords[fromBefore.stage].toLowerCase()}`;
}

function columnsOf({ channel }: MetricsPeriod): Column<FunnelStep>[] {
  return [
    { id: 'stage', header: 'Stage', value: ({ stage }) => stageWords[stage] },
    {
      id: 'entered',
      header: 'Entered',
      isNumeric: true,
      value: ({ entered }) => entered,
      cell: ({ stage, entered }) => (
        <FigureLink behind={{ figure: 'entered', stage }} isNothing={entered === 0}>
          {whole(entered)}
        </FigureLink>
      ),
    },
    {
      id: 'rate',
      header: 'Of the stage before',
      isNumeric: true,
      value: ({ fromBefore }) => fromBefore?.rate ?? null,
      cell: ({ stage, fromBefore }) =>
        fromBefore === null || fromBefore.rate === null ? (
          NOTHING
        ) : (
          <FigureLink
            behind={{ figure: 'entered', stage, after: fromBefore.stage }}
            isNothing={fromBefore.converted === 0}
          >
            {percent(fromBefore.rate)} ({whole(fromBefore.converted)} of {whole(fromBefore.entered)})
          </FigureLink>
        ),
    },
    {
      id: 'now',
      header: 'There now',
      isNumeric: true,
      value: ({ now }) => now,
      cell: ({ stage, now }) =>
        now === 0 ? (
          whole(now)
        ) : (
          <Link
            to="/inbox"
            search={{ status: 'any', stage, ...(channel && { channel }) }}
            className={figureLook}
          >
            {whole(now)}
            <span className="sr-only">, open those in {stageWords[stage]} now in the inbox</span>
          </Link>
        ),
    },
  ];
}

/** How far conversations get, and what share goes on from each stage to the next. */
export function FunnelFigure({ funnel, input }: { funnel: MetricsFunnel | undefined; input: MetricsPeriod }) {
  const open = useOpenBehind();
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
        onOpen: (id) => {
          const stage = stageOf(id);
          if (stage !== undefined) open({ figure: 'entered', stage });
        },
      }}
      note="Hatched: stages beside the path to a deal."
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
