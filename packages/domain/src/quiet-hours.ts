import { type QuietHours, type Timestamp, timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';
import { localTimeToInstant } from './due-instant.ts';

/**
 * When the quiet hours end in which an instant lies; null where it lies in none. From inclusive, to exclusive; where a change
 * of the clock skips one of the two, or has it twice, it is the instant that a follow-up's local time would mean.
 */
export function endOfQuietHours(at: Timestamp, { from, to }: QuietHours, timeZone: string): Timestamp | null {
  const today = dateIn(timeZone, at);
  // Those that began yesterday may last until today.
  for (const date of [today.subtract({ days: 1 }), today]) {
    const last = to > from ? date : date.add({ days: 1 });
    const begins = localTimeToInstant({ localTime: `${date.toString()}T${from}`, timeZone });
    const ends = localTimeToInstant({ localTime: `${last.toString()}T${to}`, timeZone });
    if (begins <= at && at < ends) return ends;
  }
  return null;
}

function dateIn(timeZone: string, at: Timestamp): Temporal.PlainDate {
  return Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
}

/** The day of the calendar that an instant is in, in a zone, as in `2026-12-25`. */
export function dayOf(at: Timestamp, timeZone: string): string {
  return dateIn(timeZone, at).toString();
}

/** When the next day begins in a zone. */
export function nextDay(at: Timestamp, timeZone: string): Timestamp {
  const midnight = dateIn(timeZone, at).add({ days: 1 }).toZonedDateTime(timeZone);
  return timestamp(midnight.epochMilliseconds);
}
