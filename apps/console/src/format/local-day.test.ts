// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  addDays,
  relativeDayName,
  daysBetween,
  isLocalDay,
  localDay,
  localTime,
  nextWeekday,
  startOfDay,
} from './local-day.ts';

describe('a day', () => {
  it('is the one on the clock of the person, not of UTC', () => {
    const at = '2026-03-10T23:30:00.000Z';
    expect(localDay(at, 'UTC')).toBe('2026-03-10');
    expect(localDay(at, 'Europe/Berlin')).toBe('2026-03-11');
    expect(localDay(at, 'America/Los_Angeles')).toBe('2026-03-10');
    expect(localTime(at, 'Asia/Kolkata')).toBe('2026-03-11T05:00');
  });

  it('begins at local midnight, on both sides of a clock change', () => {
    expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
    expect(startOfDay('2026-03-30', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
  });

  it('begins later where the clock skips midnight', () => {
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
  });

  it('is counted by the calendar, leap days included', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2026-12-30', '2027-01-02')).toBe(3);
    expect(daysBetween('2026-01-02', '2026-01-01')).toBe(-1);
  });

  it('has a next Monday that is never the day itself', () => {
    expect(nextWeekday('2026-11-23', 1)).toBe('2026-11-30');
    expect(nextWeekday('2026-11-29', 1)).toBe('2026-11-30');
    expect(nextWeekday('2026-11-24', 1)).toBe('2026-11-30');
  });

  it.each([
    ['2026-11-22', 'Yesterday'],
    ['2026-11-23', 'Today'],
    ['2026-11-24', 'Tomorrow'],
    ['2026-11-25', 'Wednesday'],
    ['2026-11-29', 'Sunday'],
    ['2026-11-30', 'Mon 30 Nov'],
    ['2026-11-20', 'Fri 20 Nov'],
    ['2027-01-04', 'Mon 4 Jan 2027'],
  ])('%s is called as people call it on 23 November: %s', (day, name) => {
    expect(relativeDayName(day, '2026-11-23')).toBe(name);
  });

  it('exists on the calendar or is refused', () => {
    expect(isLocalDay('2026-02-28')).toBe(true);
    expect(isLocalDay('2026-02-30')).toBe(false);
    expect(isLocalDay('2026-2-3')).toBe(false);
    expect(isLocalDay('yesterday')).toBe(false);
  });
});
