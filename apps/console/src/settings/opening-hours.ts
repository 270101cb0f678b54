import { BusinessHours, type OpenHours } from '@baton/schema';

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
export type Stretch = { from: string; to: string };

const USUAL: Stretch = { from: '09:00', to: '17:00' };

/** Every day of the week, with the stretches in which it is open. */
export function weekOf(hours: BusinessHours | null): DayHours[] {
  return WEEKDAYS.map((name, index) => {
    const day = index + 1;
    const stretches = (hours?.weekdays ?? [])
      .filter((stretch) => stretch.day === day)
      .map(({ from, to }) => ({ from, to }))
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
  const last = stretches.at(-1)?.to;
  if (last === undefined) return USUAL;
  const hour = Math.min(22, Number(last.slice(0, 2)) + 1);
  const clock = (value: number) => `${String(value).padStart(2, '0')}:00`;
  return { from: clock(hour), to: hour === 22 ? '23:59' : clock(Math.min(23, hour + 2)) };
}

/** What is wrong with a day, for its row; null where nothing is. */
export function faultOf({ stretches }: DayHours): string | null {
  if (stretches.some(({ from, to }) => from === '' || to === '')) return 'Give both times';
  if (stretches.some(({ from, to }) => from >= to)) return 'Must open before it closes';
  const sorted = stretches.toSorted((a, b) => a.from.localeCompare(b.from));
  const overlaps = sorted.some(({ from }, index) => from < (sorted[index - 1]?.to ?? ''));
  return overlaps ? 'Two stretches overlap' : null;
}

/** The hours that a week stands for; null while something is wrong with it. */
export function hoursOf(week: readonly DayHours[], timeZone: string): BusinessHours | null {
  if (week.some((row) => faultOf(row) !== null)) return null;
  const weekdays = week.flatMap(({ day, stretches }): OpenHours[] =>
    stretches.map(({ from, to }) => ({ day, from, to })),
  );
  const parsed = BusinessHours.safeParse({ timeZone, weekdays });
  return parsed.success ? parsed.data : null;
}
