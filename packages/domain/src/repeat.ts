import type { Repeat, ScheduleFollowUp, Timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';
import { localTimeToInstant } from './due-instant.ts';
import { invalidInput } from './refusal.ts';

/** Instants have four digits of a year, and another zone may be a day ahead. */
const LAST_YEAR = 9_998;

/** The wall clock's date and time in a zone. */
const localTimeOf = (at: Timestamp, timeZone: string) =>
  Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDateTime();

/**
 * How a new follow-up repeats: at the wall clock's time at which it is first due.
 * @throws Refusal INVALID_INPUT where no time zone is given
 */
export function repeatOf({ repeat, dueAt }: Pick<ScheduleFollowUp, 'repeat' | 'dueAt'>): Repeat | undefined {
  if (repeat === undefined) return undefined;
  const timeZone = repeat.timeZone ?? (typeof dueAt === 'string' ? undefined : dueAt.timeZone);
  if (timeZone === undefined) throw invalidInput('repeat.timeZone', 'Say in which time zone it repeats');
  const local =
    typeof dueAt === 'string' || dueAt.timeZone !== timeZone
      ? localTimeOf(typeof dueAt === 'string' ? dueAt : localTimeToInstant(dueAt), timeZone)
      : Temporal.PlainDateTime.from(dueAt.localTime);
  return { ...repeat, timeZone, time: local.toPlainTime().toString({ smallestUnit: 'minute' }) };
}

/**
 * The next time after one that was due, and after an instant; on the same wall clock's time across changes of clocks (RFC
 * 5545 §3.3.5). Null behind its end.
 */
export function nextRepetition(
  { everyDays, weekdays, timeZone, time, until }: Repeat,
  due: Timestamp,
  after: Timestamp,
): Timestamp | null {
  const before = localTimeOf(due, timeZone).toPlainDate();
  const today = localTimeOf(after, timeZone).toPlainDate();
  const step = everyDays ?? 1;
  // Whole steps to today, or to the day before it: the first after it is found within one more, or within a week.
  const gone = Math.max(0, Math.floor(before.until(today).days / step) - 1) * step;
  let date = before.add({ days: gone });
  for (;;) {
    date = date.add({ days: step });
    if (weekdays !== undefined && !weekdays.includes(date.dayOfWeek)) continue;
    if (date.year > LAST_YEAR) return null;
    const at = localTimeToInstant({ localTime: `${date.toString()}T${time}`, timeZone });
    if (at <= after || at <= due) continue;
    return until !== undefined && at > until ? null : at;
  }
}
