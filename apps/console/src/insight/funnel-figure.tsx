import type { MetricsFunnel, MetricsPeriod } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { stageLabels } from '../format/labels.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { FigureLink, figureLinkClasses, useOpenDrilldown } from './figure-link.tsx';
import { NO_VALUE, formatPercent } from './format-figures.ts';
import { Figure } from './figure.tsx';
import { sideSteps, type FunnelStep, funnelSentence, funnelSteps } from './funnel.ts';

const formatWhole = (value: number) => value.toLocaleString('en');

/** `412 · 61 % of qualified` */
function labelOf({ reached, ofBefore }: FunnelStep): string {
  if (ofBefore === null || ofBefore.rate === null) return formatWhole(reached);
  return `${formatWhole(reached)} · ${formatPercent(ofBefore.rate)} of ${stageLabels[ofBefore.stage].toLowerCase()}`;
}

function columnsOf({ channel }: MetricsPeriod): Column<FunnelStep>[] {
  return [
    { id: 'stage', header: 'Stage', value: ({ stage }) => stageLabels[stage] },
    {
      id: 'reached',
      header: 'Reached',
      isNumeric: true,
      value: ({ reached }) => reached,
      cell: ({ stage, reached }) => (
        <FigureLink drilldown={{ figure: 'reached', stage }} isZero={reached === 0}>
          {formatWhole(reached)}
        </FigureLink>
      ),
    },
    {
      id: 'rate',
      header: 'Of the stage before',
      isNumeric: true,
      value: ({ ofBefore }) => ofBefore?.rate ?? null,
      cell: ({ reached, ofBefore }) =>
        ofBefore === null || ofBefore.rate === null
          ? NO_VALUE
          : `${formatPercent(ofBefore.rate)} (${formatWhole(reached)} of ${formatWhole(ofBefore.reached)})`,
    },
    {
      id: 'entered',
      header: 'Entered, whenever begun',
      isNumeric: true,
      value: ({ entered }) => entered,
      cell: ({ stage, entered }) => (
        <FigureLink drilldown={{ figure: 'entered', stage }} isZero={entered === 0}>
          {formatWhole(entered)}
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
          formatWhole(now)
        ) : (
          <Link
            to="/inbox"
            search={{ status: 'any', stage, ...(channel && { channel }) }}
            className={figureLinkClasses}
          >
            {formatWhole(now)}
            <span className="sr-only">, open those in {stageLabels[stage]} now in the inbox</span>
          </Link>
        ),
    },
  ];
}

export function FunnelFigure({ funnel, input }: { funnel: MetricsFunnel | undefined; input: MetricsPeriod }) {
  const open = useOpenDrilldown();
  const columns = useMemo(() => columnsOf(input), [input]);
  const mainSteps = funnel === undefined ? [] : funnelSteps(funnel);
  const sides = funnel === undefined ? [] : sideSteps(funnel);
  const bars = [
    ...mainSteps.map((step) => ({ step, fill: 'solid' as const })),
    ...sides.map((step) => ({ step, fill: 'hatched' as const })),
  ].map(({ step, fill }) => ({
    id: step.stage,
    name: stageLabels[step.stage],
    parts: [{ value: step.reached, fill }],
    label: labelOf(step),
  }));
  const stageOf = (id: string) => [...mainSteps, ...sides].find(({ stage }) => stage === id)?.stage;
  return (
    <Figure
      title="Funnel"
      sentence={funnel === undefined ? undefined : funnelSentence(funnel)}
      chart={{
        orientation: 'rows',
        bars,
        onOpen: (id) => {
          const stage = stageOf(id);
          if (stage !== undefined) open({ figure: 'reached', stage });
        },
      }}
      note="Of the conversations that began in the period. Hatched: stages beside the path to a deal."
      table={
        <DataTable
          caption="How far the conversations that began in the period came, all that entered each stage in it, and where they are now"
          columns={columns}
          rows={[...mainSteps, ...sides]}
          rowId={({ stage }) => stage}
        />
      }
    />
  );
}
