// @vitest-environment node
import { DueTime } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { suggestedLocalTime, snoozeChoices } from './snooze.ts';

describe('a snooze', () => {
  it('offers the next hour, and mornings of the calendar of the person', () => {
    const choices = snoozeChoices({ now: '2026-11-23T23:30:00.000Z', timeZone: 'Europe/Berlin' });
    expect(choices.map(({ until }) => until)).toEqual([
      '2026-11-24T00:30:00.000Z',
      { localTime: '2026-11-25T09:00', timeZone: 'Europe/Berlin' },
      { localTime: '2026-11-30T09:00', timeZone: 'Europe/Berlin' },
      { localTime: '2026-12-01T09:00', timeZone: 'Europe/Berlin' },
    ]);
  });

  it('offers the same morning once', () => {
    const labels = (now: string) => snoozeChoices({ now, timeZone: 'UTC' }).map(({ label }) => label);
    expect(labels('2026-11-22T12:00:00.000Z')).toEqual(['In an hour', 'Tomorrow, 09:00', 'In a week, 09:00']);
    expect(labels('2026-11-23T12:00:00.000Z')).toEqual(['In an hour', 'Tomorrow, 09:00', 'Monday, 09:00']);
  });

  it('of its own begins at a full hour that has not passed, however late it is', () => {
    const begins = (now: string) => suggestedLocalTime({ now, timeZone: 'Asia/Kolkata' });
    expect(begins('2026-11-27T08:00:00.000Z')).toBe('2026-11-27T15:00');
    expect(begins('2026-11-27T08:29:00.000Z')).toBe('2026-11-27T15:00');
    expect(begins('2026-11-27T08:30:00.000Z')).toBe('2026-11-27T15:00');
    expect(begins('2026-11-27T18:10:00.000Z')).toBe('2026-11-28T01:00');
  });

  it('offers nothing that the API would refuse', () => {
    for (const { until } of snoozeChoices({ now: '2026-02-28T12:00:00.000Z', timeZone: 'Asia/Kathmandu' })) {
      expect(DueTime.safeParse(until).success).toBe(true);
    }
  });
});
