import type { MetricsInput, MetricsOverview } from '@baton/schema';
import { Link } from '@tanstack/react-router';
import type { InboxSearch } from '../inbox/inbox-search.ts';
import { cost, money, short } from '../format/number.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { behind } from './behind.ts';

type Total = { label: string; value: string; note: string; search: InboxSearch };

function totalsOf(overview: MetricsOverview, input: MetricsInput): Total[] {
  const whole = (value: number) => value.toLocaleString('en');
  const { byStatus } = overview;
  return [
    {
      label: 'Conversations begun',
      value: whole(overview.conversations),
      note: `${whole(byStatus.active)} of them still active`,
      search: behind(input),
    },
    {
      label: 'Waiting for an answer',
      value: whole(overview.waiting),
      note: 'of those begun, now',
      search: behind(input, { isWaiting: true }),
    },
    {
      label: 'Deals won',
      value: whole(overview.dealsWon),
      note: `${money(overview.wonMonthlyCents)} a month`,
      search: behind(input, { stage: 'closed_won' }),
    },
    {
      label: 'Deals lost',
      value: whole(overview.dealsLost),
      note: `${whole(overview.handoffs)} handoffs took effect`,
      search: behind(input, { stage: 'closed_lost' }),
    },
    {
      label: 'Messages',
      value: whole(overview.messages),
      note: `${whole(overview.customerMessages)} by customers`,
      search: behind(input),
    },
    {
      label: 'Cost of models',
      value: cost(overview.costMicros),
      note: `${short(overview.inputTokens + overview.outputTokens)} tokens`,
      search: behind(input),
    },
  ];
}

const LABELS = 6;

/** The period in six figures, each of which opens its conversations. */
export function Overview({
  overview,
  input,
}: {
  overview: MetricsOverview | undefined;
  input: MetricsInput;
}) {
  const cell = 'flex min-w-0 flex-col px-4 py-3 two:px-6';
  const grid = 'grid grid-cols-2 border-b border-line two:grid-cols-3 three:grid-cols-6';
  if (overview === undefined) {
    return (
      <div role="status" aria-label="Loading the figures" className={grid}>
        {Array.from({ length: LABELS }, (_, index) => (
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
      {totalsOf(overview, input).map(({ label, value, note, search }) => (
        <li
          key={label}
          className="min-w-0 border-line max-two:nth-[n+3]:border-t two:border-l two:max-three:nth-[3n+1]:border-l-0 two:max-three:nth-[n+4]:border-t three:first:border-l-0"
        >
          <Link to="/inbox" search={search} className={`${cell} -outline-offset-2 hover:bg-hover`}>
            <span className="truncate text-ink-2">{label}</span>
            <span className="text-figure">{value}</span>
            <span className="truncate text-meta text-ink-3">{note}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
