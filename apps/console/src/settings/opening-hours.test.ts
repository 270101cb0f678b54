// @vitest-environment node
import { BusinessHours } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { errorOf, hoursOf, nextInterval, usualWeek, weekOf, withDay } from './opening-hours.ts';

const monday = (intervals: { from: string; to: string }[]) => ({
  day: 1,
  name: 'Monday' as const,
  intervals,
});

describe('a week of business hours', () => {
  it('shows each day and comes back as it was', () => {
    const hours = BusinessHours.parse({
      timeZone: 'Europe/Berlin',
      weekdays: [
        { day: 1, from: '13:00', to: '17:00' },
        { day: 1, from: '09:00', to: '12:00' },
        { day: 7, from: '10:00', to: '11:00' },
      ],
    });
    const week = weekOf(hours);
    expect(week.map(({ intervals }) => intervals.length)).toEqual([2, 0, 0, 0, 0, 0, 1]);
    expect(week[0]?.intervals[0]).toEqual({ from: '09:00', to: '12:00' });
    expect(hoursOf(week, 'Europe/Berlin')?.weekdays.toSorted((a, b) => b.from.localeCompare(a.from))).toEqual(
      hours.weekdays.toSorted((a, b) => b.from.localeCompare(a.from)),
    );
  });

  it('shows the end of a day as midnight', () => {
    const hours = BusinessHours.parse({
      timeZone: 'UTC',
      weekdays: [{ day: 1, from: '18:00', to: '24:00' }],
    });
    const week = weekOf(hours);
    expect(week[0]?.intervals).toEqual([{ from: '18:00', to: '00:00' }]);
    expect(hoursOf(week, 'UTC')).toEqual(hours);
    expect(
      errorOf(
        monday([
          { from: '18:00', to: '00:00' },
          { from: '20:00', to: '21:00' },
        ]),
      ),
    ).toBe('Two stretches overlap');
  });

  it('begins as nine to five', () => {
    expect(hoursOf(usualWeek(), 'UTC')?.weekdays).toHaveLength(5);
  });

  it('says what is wrong with a day', () => {
    expect(errorOf(monday([{ from: '09:00', to: '09:00' }]))).toBe('Must open before it closes');
    expect(errorOf(monday([{ from: '', to: '09:00' }]))).toBe('Give both times');
    const overlap = [
      { from: '12:00', to: '15:00' },
      { from: '09:00', to: '12:30' },
    ];
    expect(errorOf(monday(overlap))).toBe('Two stretches overlap');
    expect(errorOf(monday([]))).toBeNull();
  });

  it('is not saved while a day is wrong, or while no day is open', () => {
    const wrong = withDay(usualWeek(), 2, [{ from: '10:00', to: '09:00' }]);
    expect(hoursOf(wrong, 'UTC')).toBeNull();
    expect(hoursOf(weekOf(null), 'UTC')).toBeNull();
  });

  it('adds an interval after the last, inside the day', () => {
    expect(nextInterval(monday([]))).toEqual({ from: '09:00', to: '17:00' });
    expect(nextInterval(monday([{ from: '09:00', to: '12:00' }]))).toEqual({ from: '13:00', to: '15:00' });
    for (const to of ['20:30', '22:00', '23:59', '00:00']) {
      const next = nextInterval(monday([{ from: '01:00', to }]));
      expect(errorOf(monday([next]))).toBeNull();
    }
  });
});
