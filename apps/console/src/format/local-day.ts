import { type Timestamp, timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';

/** A calendar day: `2026-01-31`. */
export type LocalDay = string;

/** The calendar day of an instant in a time zone. */
export function localDay(at: Timestamp, timeZone: string): LocalDay {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** The first instant of a day, which a clock change may move off midnight. */
export function startOfDay(day: LocalDay, timeZone: string): Timestamp {
  return timestamp(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).startOfDay().epochMilliseconds);
}

/** `days` may be negative. */
export function addDays(day: LocalDay, days: number): LocalDay {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

export function daysBetween(from: LocalDay, to: LocalDay): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days;
}

/** The next day with this weekday, 1 for Monday to 7 for Sunday: never the day itself. */
export function nextWeekday(day: LocalDay, weekday: number): LocalDay {
  const { dayOfWeek } = Temporal.PlainDate.from(day);
  return addDays(day, ((weekday - dayOfWeek + 6) % 7) + 1);
}

/** Whether the text is an existing day in ISO form. */
export function isLocalDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** The local time of an instant, as `datetime-local` inputs take it: `2026-03-29T09:30`. */
export function localTime(at: Timestamp, timeZone: string): string {
  return Temporal.Instant.from(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });
}

/** The instant of a local time; the first one where a clock change repeats it. */
export function instantOfLocal(local: string, timeZone: string): Timestamp {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  });
  return timestamp(zoned.epochMilliseconds);
}

const atNoonUTC = (day: LocalDay) => new Date(`${day}T12:00:00.000Z`);

const weekdayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' });
const shortFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});
const longFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `Sunday` */
export const weekdayName = (day: LocalDay) => weekdayFormat.format(atNoonUTC(day));

/** `31 Jan 2026` */
export const formatDate = (day: LocalDay) => longFormat.format(atNoonUTC(day));

/** Today, Tomorrow, Wednesday, then `Fri 4 Dec`, with the year where it differs. */
export function relativeDayName(day: LocalDay, today: LocalDay): string {
  const days = daysBetween(today, day);
  if (days === 0) return 'Today';
  if (days === 1) return 'Tomorrow';
  if (days === -1) return 'Yesterday';
  if (days > 1 && days < 7) return weekdayName(day);
  const name = shortFormat.format(atNoonUTC(day)).replace(',', '');
  return day.slice(0, 4) === today.slice(0, 4) ? name : `${name} ${day.slice(0, 4)}`;
}
