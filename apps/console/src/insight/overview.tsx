import type { MetricsFigure, MetricsOverview, MetricsResponseTimes } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import { formatCost, formatMoney, formatCompact } from '../format/number.ts';
import { formatDuration } from '../format/time.ts';
import { formatCount } from '../format/labels.ts';
import { classNames } from '../ui/class-names.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { withDrilldown, figureLinkClasses } from './figure-link.tsx';
import { formatOrDash, formatPercent } from './format-figures.ts';

type Total = {
  label: string;
  /** Zero has no drilldown. */
  value: number;
  format: (value: number) => string;
  drilldown: MetricsFigure;
  note: string;
  noteDrilldown?: MetricsFigure;
};

const formatWhole = (value: number) => value.toLocaleString('en');

function totalsOf(overview: MetricsOverview, { all: answers }: MetricsResponseTimes): Total[] {
  const { conversations, handoffs, dealsLost, dealsWon } = overview;
  return [
    {
      label: 'Conversations',
      value: conversations,
      format: formatWhole,
      drilldown: { figure: 'begun' },
      note: `${formatWhole(overview.byStatus.active)} still active`,
      ...(overview.byStatus.active > 0 && { noteDrilldown: { figure: 'begun', status: 'active' } }),
    },
    {
      label: 'Waiting',
      value: overview.waiting,
      format: formatWhole,
      drilldown: { figure: 'begun', isWaiting: true },
      note: 'for an answer, now',
    },
    {
      label: 'Messages',
      value: overview.messages,
      format: formatWhole,
      drilldown: { figure: 'messages' },
      note: `${formatWhole(overview.customerMessages)} by customers`,
      ...(overview.customerMessages > 0 && { noteDrilldown: { figure: 'messages', author: 'customer' } }),
    },
    {
      label: 'Median answer',
      value: answers.count,
      format: () => formatOrDash(answers.medianMs, formatDuration),
      drilldown: { figure: 'answers' },
      note: `of ${formatCount(answers.count, 'answer')}`,
    },
    {
      label: 'Handoffs',
      value: handoffs,
      format: formatWhole,
      drilldown: { figure: 'handoffs' },
      note: '',
    },
    {
      label: 'Deals won',
      value: dealsWon,
      format: formatWhole,
      drilldown: { figure: 'deals', outcome: 'won' },
      note: `${formatMoney(overview.wonMonthlyCents)} a month`,
    },
    {
      label: 'Deals lost',
      value: dealsLost,
      format: formatWhole,
      drilldown: { figure: 'deals', outcome: 'lost' },
      note:
        dealsLost + dealsWon === 0 ? '' : `${formatPercent(dealsLost / (dealsLost + dealsWon))} of decided`,
    },
    {
      label: 'Cost of models',
      value: overview.costMicros,
      format: formatCost,
      drilldown: { figure: 'cost' },
      note: `${formatCompact(overview.inputTokens + overview.outputTokens)} tokens`,
      noteDrilldown: { figure: 'tokens' },
    },
  ];
}

const CELL_COUNT = 8;

export function Overview({
  overview,
  times,
}: {
  overview: MetricsOverview | undefined;
  times: MetricsResponseTimes | undefined;
}) {
  // Each cell draws its left and top border; the outer ones are clipped.
  const grid =
    'grid grid-cols-2 overflow-hidden border-b border-line two:grid-cols-4 min-[1320px]:grid-cols-8 *:-mt-px *:-ml-px *:border-t *:border-l *:border-line';
  // The first cell of a row aligns with the page's padding.
  const cell =
    'relative flex min-w-0 flex-col px-4 py-3 two:max-[1320px]:nth-[4n+1]:pl-6 min-[1320px]:first:pl-6';
  if (overview === undefined || times === undefined) {
    return (
      <div role="status" aria-label="Loading the figures" className={grid}>
        {Array.from({ length: CELL_COUNT }, (_, index) => (
          <div key={index} className={cell}>
            <Skeleton className="h-4 w-24" />
            <Skeleton className="my-1.5 h-5 w-16" />
            <Skeleton className="h-3 w-20" />
          </div>
        ))}
      </div>
    );
  }
  return (
    <ul className={grid}>
      {totalsOf(overview, times).map((total) => (
        <li key={total.label} className={classNames(cell, total.value > 0 && 'hover:bg-hover')}>
          <span className="truncate text-ink-2">{total.label}</span>
          {total.value === 0 ? (
            <span className="text-figure tabular-nums">{total.format(0)}</span>
          ) : (
            <Link
              to="/insight"
              search={withDrilldown(total.drilldown)}
              resetScroll={false}
              aria-label={`${total.label}: ${total.format(total.value)}, open the conversations`}
              className="text-figure tabular-nums after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            >
              {total.format(total.value)}
            </Link>
          )}
          <span className="truncate text-meta text-ink-3 tabular-nums">
            {total.noteDrilldown === undefined || total.value === 0 ? (
              total.note
            ) : (
              <Link
                to="/insight"
                search={withDrilldown(total.noteDrilldown)}
                resetScroll={false}
                className={classNames(figureLinkClasses, 'relative z-10 hover:text-ink')}
              >
                {total.note}
                <span className="sr-only">, open the conversations</span>
              </Link>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
