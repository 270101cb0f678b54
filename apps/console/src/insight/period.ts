import { Channel, type MetricsPeriod, type Timestamp } from '@baton/schema';
import { z } from 'zod';
import { addDays, formatDate, daysBetween, isLocalDay, localDay, startOfDay } from '../format/local-day.ts';

/** Days back from today, today included. */
const DAYS = { '7d': 7, '30d': 30, '90d': 90, '365d': 365 } as const;

export const PERIODS = [
  { range: '7d', label: '7 days' },
  { range: '30d', label: '30 days' },
  { range: '90d', label: '90 days' },
  { range: '365d', label: 'A year' },
  { range: 'all', label: 'All' },
] as const;

const Day = z.string().refine(isLocalDay);

/** The page's search params; invalid ones are dropped. */
export const InsightParams = z.object({
  range: z.enum(['7d', '30d', '90d', '365d', 'all', 'custom']).optional().catch(undefined),
  /** First and last day of a custom range, both included. */
  from: Day.optional().catch(undefined),
  to: Day.optional().catch(undefined),
  channel: Channel.optional().catch(undefined),
});
export type InsightParams = z.infer<typeof InsightParams>;
export type Range = NonNullable<InsightParams['range']>;

export const DEFAULT_RANGE = '30d';

/** The next longer period, for one in which nothing happened; null after all time. */
export function longerRange(range: Range): Range | null {
  const at = PERIODS.findIndex((period) => period.range === range);
  return PERIODS[at + 1]?.range ?? null;
}

export type Days = { first: string | null; last: string | null };

type Viewer = { now: Timestamp; timeZone: string };

export function daysOf(params: InsightParams, { now, timeZone }: Viewer): Days {
  const range = params.range ?? DEFAULT_RANGE;
  const today = localDay(now, timeZone);
  if (range === 'all') return { first: null, last: null };
  if (range !== 'custom') return { first: addDays(today, 1 - DAYS[range]), last: today };
  const [first, last] = [params.from ?? null, params.to ?? null];
  return first !== null && last !== null && first > last ? { first: last, last: first } : { first, last };
}

/** A range up to today has no end, so that it includes what happens now. */
export function metricsInput(params: InsightParams, viewer: Viewer): MetricsPeriod {
  const { first, last } = daysOf(params, viewer);
  const today = localDay(viewer.now, viewer.timeZone);
  const hasEnd = last !== null && last < today;
  return {
    ...(first !== null && { from: startOfDay(first, viewer.timeZone) }),
    ...(hasEnd && { to: startOfDay(addDays(last, 1), viewer.timeZone) }),
    ...(params.channel && { channel: params.channel }),
  };
}

/** `25 Oct 2026 to 23 Nov 2026, 30 days` */
export function periodName({ first, last }: Days): string {
  if (first === null && last === null) return 'All time';
  if (first === null) return `Until ${formatDate(last ?? '')}`;
  if (last === null) return `Since ${formatDate(first)}`;
  if (first === last) return formatDate(first);
  return `${formatDate(first)} to ${formatDate(last)}, ${daysBetween(first, last) + 1} days`;
}
