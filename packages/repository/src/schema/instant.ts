/*
 * Date's own parser and toISOString cost about a microsecond together, and a conversation holds dozens
 * of instants: here they take a fifth, and the one form of the wire is checked on the way.
 */

const LENGTH = '2026-01-31T09:30:00.000Z'.length;
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

/**
 * Reads an instant of the wire, `YYYY-MM-DDTHH:MM:SS.sssZ`.
 *
 * @throws RangeError on any other form, and on a day or time that does not exist
 */
export function dateOfInstant(instant: string): Date {
  const year = digits(instant, 0, 4);
  const month = digits(instant, 5, 7) - 1;
  const day = digits(instant, 8, 10);
  const hour = digits(instant, 11, 13);
  const minute = digits(instant, 14, 16);
  const second = digits(instant, 17, 19);
  const date = new Date(Date.UTC(year, month, day, hour, minute, second, digits(instant, 20, 23)));
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  if (year < 100) date.setUTCFullYear(year, month, day);
  const exists =
    hour < 24 && minute < 60 && second < 60 && date.getUTCDate() === day && date.getUTCMonth() === month;
  if (!exists || !hasSeparators(instant)) throw new RangeError(`Not an instant: ${instant}`);
  return date;
}

/**
 * Writes a Date as an instant of the wire.
 *
 * @throws RangeError on an invalid Date
 */
export function instantOfDate(date: Date): string {
  const year = date.getUTCFullYear();
  // Rare or invalid years.
  if (!(year >= 1_000 && year <= 9_999)) return date.toISOString();
  const month = TWO_DIGITS[date.getUTCMonth() + 1];
  const day = TWO_DIGITS[date.getUTCDate()];
  const hour = TWO_DIGITS[date.getUTCHours()];
  const minute = TWO_DIGITS[date.getUTCMinutes()];
  const second = TWO_DIGITS[date.getUTCSeconds()];
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${THREE_DIGITS[date.getUTCMilliseconds()]}Z`;
}

/** Whether the wire has an instant for a Date: of the years 0 to 9999. */
export function isInstant(value: unknown): value is Date {
  if (!(value instanceof Date)) return false;
  const year = value.getUTCFullYear();
  return year >= 0 && year <= 9_999;
}

function hasSeparators(instant: string): boolean {
  return (
    instant.length === LENGTH &&
    instant[4] === '-' &&
    instant[7] === '-' &&
    instant[10] === 'T' &&
    instant[13] === ':' &&
    instant[16] === ':' &&
    instant[19] === '.' &&
    instant[23] === 'Z'
  );
}

/** The number that these digits write; NaN where one is no digit. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
