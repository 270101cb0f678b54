import type { BusinessHours } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { nextOpening } from './due-instant.ts';
import { dueInstant } from './follow-up-calendar.ts';
import { refusalOf } from '../test/scenario.ts';

const BERLIN: BusinessHours = {
  timeZone: 'Europe/Berlin',
  weekdays: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })),
};

describe('a local time', () => {
  it.each([
    ['in winter', '2026-01-05T09:00', 'Europe/Berlin', '2026-01-05T08:00:00.000Z'],
    ['in summer', '2026-07-06T09:00', 'Europe/Berlin', '2026-07-06T07:00:00.000Z'],
    ['in a zone of quarters of an hour', '2026-01-05T09:00', 'Asia/Kathmandu', '2026-01-05T03:15:00.000Z'],
    ['of another day than in UTC', '2026-01-05T00:30', 'Asia/Tokyo', '2026-01-04T15:30:00.000Z'],
    ['on 29 February', '2028-02-29T12:00', 'America/New_York', '2028-02-29T17:00:00.000Z'],
  ])('%s: %s in %s is %s', (_, localTime, timeZone, instant) => {
    expect(dueInstant({ localTime, timeZone }, { businessHours: null })).toBe(instant);
  });

  it.each([
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
  ])(
    'that a clock change leaves out falls later by the gap: %s in %s is %s',
    (localTime, timeZone, instant) => {
      expect(dueInstant({ localTime, timeZone }, { businessHours: null })).toBe(instant);
    },
  );

  it.each([
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ])('that comes twice means its first coming: %s in %s is %s', (localTime, timeZone, instant) => {
    expect(dueInstant({ localTime, timeZone }, { businessHours: null })).toBe(instant);
  });

  it.each([
    ['9999-12-31T23:30', 'America/New_York'],
    ['0000-01-01T00:30', 'Asia/Tokyo'],
  ])('beyond the years that have a form is refused: %s in %s', (localTime, timeZone) => {
    expect(refusalOf(() => dueInstant({ localTime, timeZone }, { businessHours: null }))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { localTime, timeZone },
    });
  });
});

describe('an instant', () => {
  it('stays what it is where there are no hours', () => {
    expect(dueInstant('2026-01-04T03:00:00.000Z', { businessHours: null })).toBe('2026-01-04T03:00:00.000Z');
  });

  it.each([
    ['within them stays', '2026-01-05T12:34:56.789Z', '2026-01-05T12:34:56.789Z'],
    ['at the opening stays', '2026-01-05T08:00:00.000Z', '2026-01-05T08:00:00.000Z'],
    ['a moment before the opening waits', '2026-01-05T07:59:59.999Z', '2026-01-05T08:00:00.000Z'],
    ['a moment before the closing stays', '2026-01-05T15:59:59.999Z', '2026-01-05T15:59:59.999Z'],
    ['at the closing waits for tomorrow', '2026-01-05T16:00:00.000Z', '2026-01-06T08:00:00.000Z'],
    ['on a Friday night waits for Monday', '2026-01-09T20:00:00.000Z', '2026-01-12T08:00:00.000Z'],
    [
      'before the clocks change waits for the new time',
      '2026-03-27T20:00:00.000Z',
      '2026-03-30T07:00:00.000Z',
    ],
    ['before they change back, too', '2026-10-23T20:00:00.000Z', '2026-10-26T08:00:00.000Z'],
  ])('outside the hours moves to the next opening: %s', (_, instant, opening) => {
    expect(dueInstant(instant, { businessHours: BERLIN })).toBe(opening);
  });

  it('is read on the day that it is there, not in UTC', () => {
    const hours = { timeZone: 'Europe/Berlin', weekdays: [{ day: 1, from: '00:00', to: '01:00' }] };
    expect(nextOpening('2026-01-04T23:30:00.000Z', hours)).toBe('2026-01-04T23:30:00.000Z');
  });

  it('waits through a break, in whatever order the hours stand', () => {
    const hours = {
      timeZone: 'UTC',
      weekdays: [
        { day: 1, from: '13:00', to: '17:00' },
        { day: 1, from: '09:00', to: '12:00' },
      ],
    };
    expect(nextOpening('2026-01-05T08:00:00.000Z', hours)).toBe('2026-01-05T09:00:00.000Z');
    expect(nextOpening('2026-01-05T12:00:00.000Z', hours)).toBe('2026-01-05T13:00:00.000Z');
  });

  it('waits a week where the only hour of the week has just passed', () => {
    const hours = { timeZone: 'UTC', weekdays: [{ day: 1, from: '09:00', to: '10:00' }] };
    expect(nextOpening('2026-01-05T10:00:00.000Z', hours)).toBe('2026-01-12T09:00:00.000Z');
  });

  it('waits for an opening that the clock change moved', () => {
    const hours = { timeZone: 'Europe/Berlin', weekdays: [{ day: 7, from: '02:30', to: '04:00' }] };
    expect(nextOpening('2026-03-29T00:00:00.000Z', hours)).toBe('2026-03-29T01:30:00.000Z');
  });

  it('stays until the very end of a day whose hours end at 24:00', () => {
    const hours = { timeZone: 'Europe/Berlin', weekdays: [{ day: 1, from: '20:00', to: '24:00' }] };
    expect(nextOpening('2026-01-05T22:59:59.999Z', hours)).toBe('2026-01-05T22:59:59.999Z');
    expect(nextOpening('2026-01-05T23:00:00.000Z', hours)).toBe('2026-01-12T19:00:00.000Z');
  });

  it.each([
    [
      'hours that the clock change leaves out',
      'Europe/Berlin',
      7,
      '02:00',
      '03:00',
      '2026-03-29T00:00:00.000Z',
      '2026-04-05T00:00:00.000Z',
    ],
    [
      'a day that the calendar leaves out',
      'Pacific/Apia',
      5,
      '09:00',
      '17:00',
      '2011-12-30T05:00:00.000Z',
      '2012-01-05T19:00:00.000Z',
    ],
  ])('does not wait for %s', (_, timeZone, day, from, to, instant, opening) => {
    expect(nextOpening(instant, { timeZone, weekdays: [{ day, from, to }] })).toBe(opening);
  });

  it('stays where the hours never open', () => {
    expect(nextOpening('2026-01-05T10:00:00.000Z', { timeZone: 'UTC', weekdays: [] })).toBe(
      '2026-01-05T10:00:00.000Z',
    );
  });

  it('that a local time names moves into the hours, too', () => {
    const saturday = { localTime: '2026-01-10T12:00', timeZone: 'America/New_York' };
    expect(dueInstant(saturday, { businessHours: BERLIN })).toBe('2026-01-12T08:00:00.000Z');
  });
});
