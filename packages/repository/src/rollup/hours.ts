/** Hours since 1970 are what periods of roll-ups begin and end with. */
export const HOUR_MS = 3_600_000;

const HOURS_OF_DAY = 24;

/** How long a bucket is: `all` has everything of a tenant. */
export const LEVELS = ['hour', 'day', 'month', 'all'] as const;
export type Level = (typeof LEVELS)[number];

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS);

export const dateOfHour = (hour: number): Date => new Date(hour * HOUR_MS);

function monthStart(hour: number, monthsLater = 0): number {
  const date = dateOfHour(hour);
  return hourOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater));
}

/** Where the bucket of a level begins that an hour is in. */
export function startOf(level: Level, hour: number): number {
  switch (level) {
    case 'hour':
      return hour;
    case 'day':
      return Math.floor(hour / HOURS_OF_DAY) * HOURS_OF_DAY;
    case 'month':
      return Number.isFinite(hour) ? monthStart(hour) : hour;
    case 'all':
      return 0;
  }
}

/** The first day or month that begins at an hour or after it. */
function nextStart(level: 'day' | 'month', hour: number): number {
  const start = startOf(level, hour);
  if (start === hour || !Number.isFinite(hour)) return hour;
  return level === 'day' ? start + HOURS_OF_DAY : monthStart(hour, 1);
}

/** Neighbouring buckets of one level: those that begin from the first hour on, before the last. */
export type Run = { level: Level; from: number; to: number };

/**
 * The fewest buckets that make up the hours of a period: 46 hours, 60 days and whole months at most.
 * @param from may be -Infinity
 * @param to may be Infinity
 */
export function coverOf(from: number, to: number): Run[] {
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY)
    return [{ level: 'all', from: 0, to: 1 }];
  const [firstDay, firstMonth] = [nextStart('day', from), nextStart('month', from)];
  const [lastDay, lastMonth] = [startOf('day', to), startOf('month', to)];
  const runs: Run[] =
    firstMonth <= lastMonth
      ? [
          { level: 'hour', from, to: firstDay },
          { level: 'day', from: firstDay, to: firstMonth },
          { level: 'month', from: firstMonth, to: lastMonth },
          { level: 'day', from: lastMonth, to: lastDay },
          { level: 'hour', from: lastDay, to },
        ]
      : firstDay <= lastDay
        ? [
            { level: 'hour', from, to: firstDay },
            { level: 'day', from: firstDay, to: lastDay },
            { level: 'hour', from: lastDay, to },
          ]
        : [{ level: 'hour', from, to }];
  return runs.filter((run) => run.from < run.to);
}
