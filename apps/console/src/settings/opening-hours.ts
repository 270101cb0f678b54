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

/** One day of a week that is being edited: closed without stretches. */
export type DayHours = { day: number; name: (typeof WEEKDAYS)[number]; stretches: readonly Stretch[] };
/** Times as a field has them: a stretch that closes at 00:00 is open to the end of its day. */
export type Stretch = { from: string; to: string };

const MIDNIGHT = '00:00';

const closingOf = ({ to }: Stretch): string => (to === MIDNIGHT ? END_OF_DAY : to);

const USUAL: Stretch = { from: '09:00', to: '17:00' };

/** Every day of the week, with the stretches in which it is open. */
export function weekOf(hours: BusinessHours | null): DayHours[] {
  return WEEKDAYS.map((name, index) => {
    const day = index + 1;
    const stretches = (hours?.weekdays ?? [])
      .filter((stretch) => stretch.day === day)
      .map(({ from, to }) => ({ from, to: to === END_OF_DAY ? MIDNIGHT : to }))
      .toSorted((a, b) => a.from.localeCompare(b.from));
    return { day, name, stretches };
  });
}

/** Monday to Friday, nine to five: where a tenant without hours begins. */
export function usualWeek(): DayHours[] {
  return weekOf(null).map((row) => (row.day <= 5 ? { ...row, stretches: [USUAL] } : row));
}

/** The week with another row for one day. */
export function withDay(week: readonly DayHours[], day: number, stretches: readonly Stretch[]): DayHours[] {
  return week.map((row) => (row.day === day ? { ...row, stretches } : row));
}

/** What a new stretch of a day begins as: after its last one, or the usual hours. */
export function nextStretch({ stretches }: DayHours): Stretch {
  const last = stretches.at(-1);
  if (last === undefined) return USUAL;
  const hour = Math.min(22, Number(closingOf(last).slice(0, 2)) + 1);
  const clock = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return { from: clock(hour), to: hour === 22 ? MIDNIGHT : clock(hour + 2) };
}

/** What is wrong with a day, for its row; null where nothing is. */
export function faultOf({ stretches }: DayHours): string | null {
  if (stretches.some(({ from, to }) => from === '' || to === '')) return 'Give both times';
  if (stretches.some((stretch) => stretch.from >= closingOf(stretch))) return 'Must open before it closes';
  const sorted = stretches.toSorted((a, b) => a.from.localeCompare(b.from));
  const overlaps = sorted.some(({ from }, index) => {
    const before = sorted[index - 1];
    return before !== undefined && from < closingOf(before);
  });
  return overlaps ? 'Two stretches overlap' : null;
}

/** The hours that a week stands for; null while something is wrong with it. */
export function hoursOf(week: readonly DayHours[], timeZone: string): BusinessHours | null {
  if (week.some((row) => faultOf(row) !== null)) return null;
  const weekdays = week.flatMap(({ day, stretches }): OpenHours[] =>
    stretches.map((stretch) => ({ day, from: stretch.from, to: closingOf(stretch) })),
  );
  const parsed = BusinessHours.safeParse({ timeZone, weekdays });
  return parsed.success ? parsed.data : null;
}
