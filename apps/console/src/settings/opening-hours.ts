import { BusinessHours, END_OF_DAY, type OpenHours } from '@baton/schema';

export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/** One day of a week that is being edited: closed without intervals. */
export type DayHours = { day: number; name: (typeof WEEKDAYS)[number]; intervals: readonly TimeInterval[] };
/** Times as a field has them: a interval that closes at 00:00 is open to the end of its day. */
export type TimeInterval = { from: string; to: string };

const MIDNIGHT = '00:00';

const closingOf = ({ to }: TimeInterval): string => (to === MIDNIGHT ? END_OF_DAY : to);

const USUAL: TimeInterval = { from: '09:00', to: '17:00' };

/** Every day of the week, with the intervals in which it is open. */
export function weekOf(hours: BusinessHours | null): DayHours[] {
  return WEEKDAYS.map((name, index) => {
    const day = index + 1;
    const intervals = (hours?.weekdays ?? [])
      .filter((interval) => interval.day === day)
      .map(({ from, to }) => ({ from, to: to === END_OF_DAY ? MIDNIGHT : to }))
      .toSorted((a, b) => a.from.localeCompare(b.from));
    return { day, name, intervals };
  });
}

/** Monday to Friday, nine to five: where a tenant without hours begins. */
export function usualWeek(): DayHours[] {
  return weekOf(null).map((row) => (row.day <= 5 ? { ...row, intervals: [USUAL] } : row));
}

/** The week with another row for one day. */
export function withDay(
  week: readonly DayHours[],
  day: number,
  intervals: readonly TimeInterval[],
): DayHours[] {
  return week.map((row) => (row.day === day ? { ...row, intervals } : row));
}

/** What a new interval of a day begins as: after its last one, or the usual hours. */
export function nextInterval({ intervals }: DayHours): TimeInterval {
  const last = intervals.at(-1);
  if (last === undefined) return USUAL;
  const hour = Math.min(22, Number(closingOf(last).slice(0, 2)) + 1);
  const clock = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return { from: clock(hour), to: hour === 22 ? MIDNIGHT : clock(hour + 2) };
}

/** What is wrong with a day, for its row; null where nothing is. */
export function errorOf({ intervals }: DayHours): string | null {
  if (intervals.some(({ from, to }) => from === '' || to === '')) return 'Give both times';
  if (intervals.some((interval) => interval.from >= closingOf(interval))) return 'Must open before it closes';
  const sorted = intervals.toSorted((a, b) => a.from.localeCompare(b.from));
  const overlaps = sorted.some(({ from }, index) => {
    const before = sorted[index - 1];
    return before !== undefined && from < closingOf(before);
  });
  return overlaps ? 'Two stretches overlap' : null;
}

/** The hours that a week stands for; null while something is wrong with it. */
export function hoursOf(week: readonly DayHours[], timeZone: string): BusinessHours | null {
  if (week.some((row) => errorOf(row) !== null)) return null;
  const weekdays = week.flatMap(({ day, intervals }): OpenHours[] =>
    intervals.map((interval) => ({ day, from: interval.from, to: closingOf(interval) })),
  );
  const parsed = BusinessHours.safeParse({ timeZone, weekdays });
  return parsed.success ? parsed.data : null;
}
