import { Timestamp } from '@baton/schema';
import { arbitraryOf } from '@baton/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOfInstant, instantOfDate } from './instant.ts';

describe('an instant of the wire', () => {
  it('is read and written as Date would', () => {
    fc.assert(
      fc.property(arbitraryOf(Timestamp), (instant) => {
        const date = dateOfInstant(instant);
        expect(date).toEqual(new Date(instant));
        expect(instantOfDate(date)).toBe(instant);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '0000-01-01T00:00:00.000Z',
    '0099-12-31T23:59:59.999Z',
    '0004-02-29T12:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2024-02-29T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
  ])('survives the way there and back: %s', (instant) => {
    expect(dateOfInstant(instant).toISOString()).toBe(instant);
    expect(instantOfDate(dateOfInstant(instant))).toBe(instant);
  });

  it.each([
    '',
    'today',
    '2026-01-31',
    '2026-01-31T09:30:00Z',
    '2026-01-31T09:30:00.000+00:00',
    '2026-01-31 09:30:00.000Z',
    '2026-01-31T09:30:00.000Z ',
    '2026-1-031T09:30:00.000Z',
    '2026-0:-31T09:30:00.000Z',
    '2026-02-30T09:30:00.000Z',
    '2025-02-29T00:00:00.000Z',
    '0001-02-29T00:00:00.000Z',
    '2026-00-10T09:30:00.000Z',
    '2026-13-10T09:30:00.000Z',
    '2026-12-32T09:30:00.000Z',
    '2026-01-00T09:30:00.000Z',
    '2026-01-31T24:00:00.000Z',
    '2026-01-31T09:60:00.000Z',
    '2026-01-31T09:30:60.000Z',
    '+02026-01-31T09:30:00.0Z',
  ])('is refused in any other form, never read as another instant: %s', (text) => {
    expect(() => dateOfInstant(text)).toThrow(RangeError);
  });

  it('does not come of an invalid Date', () => {
    expect(() => instantOfDate(new Date(Number.NaN))).toThrow(RangeError);
  });
});
