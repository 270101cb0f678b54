import { z } from 'zod';
import { storedAs } from './storage.ts';

const FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Whether an instant of the right form exists on the calendar: 30 February has the form but names no day. */
export function isOnCalendar(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

/** An instant in UTC, exactly `YYYY-MM-DDTHH:MM:SS.sssZ`. Stored as a BSON Date. */
export const Timestamp = z
  .string()
  .regex(FORM, {
    error: 'Expected an instant like 2026-01-31T09:30:00.000Z: UTC, exactly three digits of a second',
    abort: true,
  })
  .refine(isOnCalendar, 'No such day or time exists')
  .register(storedAs, { bson: 'date' });
export type Timestamp = z.infer<typeof Timestamp>;

/** @param time milliseconds since 1970 */
export function timestamp(time: number): Timestamp {
  return new Date(time).toISOString();
}
