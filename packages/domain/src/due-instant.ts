import type { BusinessHours } from '@baton/schema';
import { END_OF_DAY, Timestamp, timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';
import { Refusal } from './refusal.ts';

/**
 * A local time that a clock change skips moves later by the skipped time; of one that occurs twice the first is
 * taken (RFC 5545 §3.3.5, Temporal's "compatible").
 */
export function localTimeToInstant({
  localTime,
  timeZone,
}: {
  localTime: string;
  timeZone: string;
}): Timestamp {
  const zoned = Temporal.PlainDateTime.from(localTime).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  });
  const at = Timestamp.safeParse(timestamp(zoned.epochMilliseconds));
  if (at.success) return at.data;
  throw new Refusal('INVALID_INPUT', `${localTime} in ${timeZone} is beyond the years 0 to 9999`, {
    localTime,
    timeZone,
  });
}

/** Two weeks: a clock change may skip the only opening of the first. */
const DAYS_AHEAD = 14;

/** The instant itself within business hours, else the next opening; unchanged where there is none. */
export function nextOpening(at: Timestamp, hours: BusinessHours): Timestamp {
  const { timeZone } = hours;
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  for (let days = 0; days <= DAYS_AHEAD; days += 1) {
    const date = today.add({ days });
    // A zone that crosses the date line skips a day (Pacific/Apia, 2011-12-30).
    if (!date.toZonedDateTime(timeZone).toPlainDate().equals(date)) continue;
    const openings = hours.weekdays
      .filter((opening) => opening.day === date.dayOfWeek)
      .toSorted((a, b) => a.from.localeCompare(b.from));
    for (const { from, to } of openings) {
      const opens = localTimeToInstant({ localTime: `${date.toString()}T${from}`, timeZone });
      const end =
        to === END_OF_DAY ? `${date.add({ days: 1 }).toString()}T00:00` : `${date.toString()}T${to}`;
      const closes = localTimeToInstant({ localTime: end, timeZone });
      if (at < closes && opens < closes) return at < opens ? opens : at;
    }
  }
  return at;
}
