import { describe, expect, test } from 'vitest';
import { dayOf, endOfQuietHours, nextDay } from './quiet-hours.ts';

const NIGHT = { from: '21:00', to: '08:00' };

describe('quiet hours', () => {
  test.each([
    ['an evening before they begin', '2026-01-05T20:59:59.999Z', null],
    ['their first instant', '2026-01-05T21:00:00.000Z', '2026-01-06T08:00:00.000Z'],
    ['a night', '2026-01-06T03:00:00.000Z', '2026-01-06T08:00:00.000Z'],
    ['the first instant after them', '2026-01-06T08:00:00.000Z', null],
  ])('%s', (_, at, end) => {
    expect(endOfQuietHours(at, NIGHT, 'UTC')).toBe(end);
  });

  test('are those of the zone', () => {
    expect(endOfQuietHours('2026-01-05T06:00:00.000Z', NIGHT, 'Europe/Berlin')).toBe(
      '2026-01-05T07:00:00.000Z',
    );
    expect(endOfQuietHours('2026-01-05T06:00:00.000Z', NIGHT, 'Asia/Tokyo')).toBeNull();
  });

  test('may lie within a day', () => {
    const noon = { from: '12:00', to: '14:00' };
    expect(endOfQuietHours('2026-01-05T13:59:00.000Z', noon, 'UTC')).toBe('2026-01-05T14:00:00.000Z');
    expect(endOfQuietHours('2026-01-05T14:00:00.000Z', noon, 'UTC')).toBeNull();
    expect(endOfQuietHours('2026-01-05T11:00:00.000Z', noon, 'UTC')).toBeNull();
  });

  test('are an hour shorter or longer in the night in which the clock changes', () => {
    const [spring, autumn] = ['2026-03-29', '2026-10-25'];
    expect(endOfQuietHours(`${spring}T00:30:00.000Z`, NIGHT, 'Europe/Berlin')).toBe(
      `${spring}T06:00:00.000Z`,
    );
    expect(endOfQuietHours(`${autumn}T00:30:00.000Z`, NIGHT, 'Europe/Berlin')).toBe(
      `${autumn}T07:00:00.000Z`,
    );
  });

  test('end later by the gap where the clock skips their end, and at the first of two', () => {
    const early = { from: '22:00', to: '02:30' };
    expect(endOfQuietHours('2026-03-29T01:10:00.000Z', early, 'Europe/Berlin')).toBe(
      '2026-03-29T01:30:00.000Z',
    );
    expect(endOfQuietHours('2026-03-29T01:30:00.000Z', early, 'Europe/Berlin')).toBeNull();
    expect(endOfQuietHours('2026-10-25T00:10:00.000Z', early, 'Europe/Berlin')).toBe(
      '2026-10-25T00:30:00.000Z',
    );
    expect(endOfQuietHours('2026-10-25T01:10:00.000Z', early, 'Europe/Berlin')).toBeNull();
  });
});

test('a day begins at its own midnight, or where a change of the clock has it begin', () => {
  expect(dayOf('2026-01-05T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-01-06');
  expect(nextDay('2026-01-05T22:30:00.000Z', 'Europe/Berlin')).toBe('2026-01-05T23:00:00.000Z');
  // Midnight does not exist on this day.
  expect(nextDay('2022-09-10T12:00:00.000Z', 'America/Santiago')).toBe('2022-09-11T04:00:00.000Z');
});
