import { describe, expect, it } from 'vitest';
import { Timestamp, timestamp } from './timestamp.ts';

const FORM_FAULT = 'Expected an instant like 2026-01-31T09:30:00.000Z: UTC, exactly three digits of a second';
const CALENDAR_FAULT = 'No such day or time exists';

function faultsOf(value: unknown): string[] {
  return Timestamp.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
}

describe('an instant', () => {
  it.each([
    '2026-01-31T09:30:00.000Z',
    '2024-02-29T23:59:59.999Z',
    '2000-02-29T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('is UTC with exactly three digits of a second: %s', (instant) => {
    expect(Timestamp.parse(instant)).toBe(instant);
  });

  it.each([
    ['six digits of a second', '2026-01-31T09:30:00.123456Z'],
    ['two digits of a second', '2026-01-31T09:30:00.12Z'],
    ['no digit of a second', '2026-01-31T09:30:00Z'],
    ['an offset', '2026-01-31T09:30:00.000+01:00'],
    ['the offset of UTC', '2026-01-31T09:30:00.000+00:00'],
    ['no zone', '2026-01-31T09:30:00.000'],
    ['a small z', '2026-01-31T09:30:00.000z'],
    ['a space for the T', '2026-01-31 09:30:00.000Z'],
    ['a year of five digits', '+012026-01-31T09:30:00.000Z'],
    ['only a day', '2026-01-31'],
    ['a line after it', '2026-01-31T09:30:00.000Z\n'],
    ['digits of another script', '٢٠٢٦-01-31T09:30:00.000Z'],
    ['no text', ''],
  ])('is refused with %s', (_, instant) => {
    expect(faultsOf(instant)).toEqual([FORM_FAULT]);
  });

  it.each([
    ['30 February', '2026-02-30T09:30:00.000Z'],
    ['29 February of a common year', '2026-02-29T09:30:00.000Z'],
    ['29 February of a century', '1900-02-29T09:30:00.000Z'],
    ['31 April', '2026-04-31T09:30:00.000Z'],
    ['month 13', '2026-13-01T09:30:00.000Z'],
    ['month 0', '2026-00-01T09:30:00.000Z'],
    ['day 0', '2026-01-00T09:30:00.000Z'],
    ['hour 24', '2026-01-31T24:00:00.000Z'],
    ['minute 60', '2026-01-31T09:60:00.000Z'],
    ['a leap second', '2016-12-31T23:59:60.000Z'],
  ])('is refused where the calendar has no such time: %s', (_, instant) => {
    expect(faultsOf(instant)).toEqual([CALENDAR_FAULT]);
  });

  it.each([
    ['a number', 1_769_850_600_000],
    ['a Date', new Date('2026-01-31T09:30:00.000Z')],
    ['null', null],
  ])('is a string, not %s', (_, value) => {
    expect(Timestamp.safeParse(value).success).toBe(false);
  });

  it('is made from milliseconds since 1970', () => {
    expect(timestamp(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(Timestamp.parse(timestamp(1_769_850_600_123))).toBe('2026-01-31T09:10:00.123Z');
  });
});
