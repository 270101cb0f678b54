import type { BusinessHours, ScheduleFollowUp } from '@baton/schema';
import { Timestamp, timestamp } from '@baton/schema';
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

/** The instant itself where the hours hold it, else the next opening; unchanged where they never open. */
export function nextOpening(at: Timestamp, hours: BusinessHours): Timestamp {
  const zoned = Temporal.Instant.from(at).toZonedDateTimeISO(hours.timeZone);
  for (let days = 0; days <= 7; days += 1) {
    const date = zoned.toPlainDate().add({ days });
    const openings = hours.weekdays
      .filter((opening) => opening.day === date.dayOfWeek)
      .toSorted((a, b) => a.from.localeCompare(b.from));
    for (const opening of openings) {
      const opens = instantOf({ localTime: `${date.toString()}T${opening.from}`, timeZone: hours.timeZone });
      const closes = instantOf({ localTime: `${date.toString()}T${opening.to}`, timeZone: hours.timeZone });
      if (at < closes) return at < opens ? opens : at;
    }
  }
  return at;
}

/** When a follow-up is due: the instant or local time asked for, moved into the tenant's business hours. */
export function dueInstant(due: ScheduleFollowUp['dueAt'], hours: BusinessHours | null): Timestamp {
  const at = typeof due === 'string' ? due : instantOf(due);
  return hours === null ? at : nextOpening(at, hours);
}
