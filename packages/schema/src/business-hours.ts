import { z } from 'zod';
import { TimeZone } from './follow-up.ts';
import { named, type NamedSchema } from './named.ts';

/** A wall clock's time of day, 00:00 to 23:59. */
export const TimeOfDay = z
  .string()
  .regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/, 'Expected a time of day like 09:30');

/** The end of a day, where its last stretch may end (ISO 8601-1:2019/Amd 1). */
export const END_OF_DAY = '24:00';

/** One stretch of a weekday: from inclusive, to exclusive. Day 1 is Monday, day 7 Sunday. */
export interface OpenHours {
  day: number;
  from: string;
  to: string;
}
export const OpenHours: NamedSchema<OpenHours, OpenHours> = named(
  z
    .strictObject({ day: z.int().min(1).max(7), from: TimeOfDay, to: TimeOfDay.or(z.literal(END_OF_DAY)) })
    .refine(({ from, to }) => from < to, { message: 'from must be before to', path: ['to'] }),
);

/** When a tenant works, on the clock of its time zone; a day that is not named is a day off. */
export interface BusinessHours {
  timeZone: string;
  weekdays: OpenHours[];
}
export const BusinessHours: NamedSchema<BusinessHours, BusinessHours> = named(
  z.strictObject({ timeZone: TimeZone, weekdays: z.array(OpenHours).min(1).max(28) }),
);
