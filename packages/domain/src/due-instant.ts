import type { BusinessHours, ScheduleFollowUp } from '@baton/schema';
import { END_OF_DAY, Timestamp, timestamp } from '@baton/schema';
import { Temporal } from 'temporal-polyfill';
import { Refusal } from './refusal.ts';

/**
 * The instant of a wall clock's time. A time that a clock change leaves out is read with the offset before it,
 * so it falls later; one that comes twice means its first coming (RFC 5545 §3.3.5, Temporal's "compatible").
 */
function instantOf({ localTime, timeZone }: { localTime: string; timeZone: string }): Timestamp {
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

/** A week may have no opening at all where a clock change has left it out; the week after has one. */
const DAYS_AHEAD = 14;

/** The instant itself where the hours hold it, else the next opening; unchanged where they never open. */
export function nextOpening(at: Timestamp, hours: BusinessHours): Timestamp {
  const { timeZone } = hours;
  const today = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate();
  for (let days = 0; days <= DAYS_AHEAD; days += 1) {
    const date = today.add({ days });
    // Where a zone crosses the date line it has no such day (Pacific/Apia, 2011-12-30).
    if (!date.toZonedDateTime(timeZone).toPlainDate().equals(date)) continue;
    const openings = hours.weekdays
      .filter((opening) => opening.day === date.dayOfWeek)
      .toSorted((a, b) => a.from.localeCompare(b.from));
    for (const { from, to } of openings) {
      const opens = instantOf({ localTime: `${date.toString()}T${from}`, timeZone });
      const end =
        to === END_OF_DAY ? `${date.add({ days: 1 }).toString()}T00:00` : `${date.toString()}T${to}`;
      const closes = instantOf({ localTime: end, timeZone });
      if (at < closes && opens < closes) return at < opens ? opens : at;
    }
  }
  return at;
}

/** When a follow-up is due: the instant or local time asked for, moved into the tenant's business hours. */
export function dueInstant(due: ScheduleFollowUp['dueAt'], hours: BusinessHours | null): Timestamp {
  const at = typeof due === 'string' ? due : instantOf(due);
  return hours === null ? at : nextOpening(at, hours);
}
