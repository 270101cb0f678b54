import { describe, expect, it } from 'vitest';
import { BusinessHours, OpenHours } from './business-hours.ts';

const MONDAY = { day: 1, from: '09:00', to: '17:30' };

describe('business hours', () => {
  it('are stretches of weekdays on the clock of a time zone', () => {
    const hours = { timeZone: 'Europe/Berlin', weekdays: [MONDAY, { day: 1, from: '18:00', to: '24:00' }] };
    expect(BusinessHours.parse(hours)).toEqual(hours);
  });

  it.each([
    ['ends before it begins', { ...MONDAY, from: '18:00' }],
    ['has no length', { ...MONDAY, from: '17:30' }],
    ['is on a day that does not exist', { ...MONDAY, day: 8 }],
    ['is on day zero', { ...MONDAY, day: 0 }],
    ['has an hour that does not exist', { ...MONDAY, to: '24:01' }],
    ['begins at the end of the day', { ...MONDAY, from: '24:00', to: '24:00' }],
    ['has a minute that does not exist', { ...MONDAY, to: '17:60' }],
    ['leaves the leading zero out', { ...MONDAY, from: '9:00' }],
  ])('refuse a stretch that %s', (_, hours) => {
    expect(OpenHours.safeParse(hours).success).toBe(false);
  });

  it('refuse a time zone that nobody knows, and a week without an open hour', () => {
    expect(BusinessHours.safeParse({ timeZone: 'Europe/Atlantis', weekdays: [MONDAY] }).success).toBe(false);
    expect(BusinessHours.safeParse({ timeZone: 'UTC', weekdays: [] }).success).toBe(false);
  });
});
