import type { BusinessHours, QuietHours, ScheduleFollowUp, Timestamp } from '@baton/schema';
import { localTimeToInstant, nextOpening } from './due-instant.ts';
import { addMs } from './instant.ts';
import { dayOf, endOfQuietHours, nextDay } from './quiet-hours.ts';

/** When no follow-up of a contact comes due, beside the hours in which the tenant is closed. */
export type FollowUpCalendar = {
  quietHours: QuietHours | undefined;
  contactZone: string;
  holidays: ReadonlySet<string>;
  tenantZone: string;
};

/** What of a tenant's settings moves a follow-up. */
type Times = { businessHours: BusinessHours | null; calendar?: FollowUpCalendar | undefined };

/** A calendar without a free hour within a year moves nothing. */
const LONGEST_MOVE_MS = 366 * 86_400_000;

/** The first instant from this one on that is open, is not quiet and is on no holiday; unchanged where there is none. */
export function nextAllowed(at: Timestamp, { businessHours, calendar }: Times): Timestamp {
  const latest = addMs(at, LONGEST_MOVE_MS);
  let moved = at;
  while (moved <= latest) {
    const before = moved;
    if (businessHours !== null) moved = nextOpening(moved, businessHours);
    if (calendar !== undefined) moved = afterPauses(moved, calendar);
    if (moved === before) return moved;
  }
  return at;
}

function afterPauses(at: Timestamp, { quietHours, contactZone, holidays, tenantZone }: FollowUpCalendar) {
  if (holidays.has(dayOf(at, tenantZone))) return nextDay(at, tenantZone);
  return (quietHours && endOfQuietHours(at, quietHours, contactZone)) ?? at;
}

/** When a follow-up is due: the time asked for, moved to when the tenant's settings let it be. */
export function dueInstant(due: ScheduleFollowUp['dueAt'], times: Times): Timestamp {
  return nextAllowed(typeof due === 'string' ? due : localTimeToInstant(due), times);
}
