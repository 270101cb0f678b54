import { describe, expect, it } from 'vitest';
import { ClaimFollowUps, LocalTime, ScheduleFollowUp, SnoozeFollowUp, TimeZone } from './follow-up.ts';

const smallest = { conversationId: 'a'.repeat(24), type: 'nurture', dueAt: '2026-01-12T09:00:00.000Z' };

describe('a local time', () => {
  it.each(['2026-03-29T09:30', '2026-03-29T02:30', '2024-02-29T23:59'])(
    'is a wall clock without a zone: %s',
    (time) => {
      expect(LocalTime.parse(time)).toBe(time);
    },
  );

  it.each([
    '2026-03-29T09:30Z',
    '2026-03-29T09:30:00',
    '2026-03-29 09:30',
    '2026-03-29T9:30',
    'tomorrow',
    '',
  ])('is refused in another form: %j', (time) => {
    expect(LocalTime.safeParse(time).error?.issues.map(({ message }) => message)).toEqual([
      'Expected a local time like 2026-03-29T09:30, without a zone',
    ]);
  });

  it.each([
    '2026-02-30T09:30',
    '2026-13-01T00:00',
    '2026-01-01T24:00',
    '2026-01-01T09:60',
    '2026-00-10T09:00',
  ])('is refused where the calendar has no such time: %s', (time) => {
    expect(LocalTime.safeParse(time).error?.issues.map(({ message }) => message)).toEqual([
      'No such day or time exists',
    ]);
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Kathmandu'])('is %s', (zone) => {
    expect(TimeZone.parse(zone)).toBe(zone);
  });

  it.each(['', 'Europe/Atlantis', 'Berlin', 'UTC\u0000', 'x'.repeat(65)])('is not %j', (zone) => {
    expect(TimeZone.safeParse(zone).success).toBe(false);
  });
});

describe('scheduling a follow-up', () => {
  it('tries three times at a medium priority unless it says otherwise', () => {
    expect(ScheduleFollowUp.parse(smallest)).toEqual({
      ...smallest,
      priority: 'medium',
      maxAttempts: 3,
      cancelOn: [],
    });
  });

  it('takes an instant or a local time of a zone', () => {
    const dueAt = { localTime: '2026-03-29T09:30', timeZone: 'Europe/Berlin' };
    expect(ScheduleFollowUp.parse({ ...smallest, dueAt }).dueAt).toEqual(dueAt);
  });

  it.each([
    ['six digits of a second', { dueAt: '2026-01-12T09:00:00.000000Z' }],
    ['an offset', { dueAt: '2026-01-12T09:00:00.000+01:00' }],
    ['a local time without its zone', { dueAt: { localTime: '2026-03-29T09:30' } }],
    ['a local time that no calendar has', { dueAt: { localTime: '2026-02-30T09:30', timeZone: 'UTC' } }],
    ['a zone that nobody knows', { dueAt: { localTime: '2026-03-29T09:30', timeZone: 'Mars/Olympus' } }],
    ['no attempt at all', { maxAttempts: 0 }],
    ['more than 20 attempts', { maxAttempts: 21 }],
    ['half an attempt', { maxAttempts: 1.5 }],
    ['an event that cancels nothing', { cancelOn: ['full_moon'] }],
    ['a type that nobody knows', { type: 'call' }],
  ])('is refused with %s', (_, more) => {
    expect(ScheduleFollowUp.safeParse({ ...smallest, ...more }).success).toBe(false);
  });
});

describe('working on follow-ups', () => {
  it('takes one at a time for a minute unless it says otherwise', () => {
    expect(ClaimFollowUps.parse({})).toEqual({ limit: 1, leaseMs: 60_000 });
  });

  it.each([{ limit: 0 }, { limit: 101 }, { leaseMs: 999 }, { leaseMs: 3_600_001 }])('refuses %j', (input) => {
    expect(ClaimFollowUps.safeParse(input).success).toBe(false);
  });

  it('snoozes until an instant or a local time', () => {
    const followUpId = 'b'.repeat(24);
    expect(SnoozeFollowUp.safeParse({ followUpId, until: '2026-01-12T09:00:00.000Z' }).success).toBe(true);
    expect(SnoozeFollowUp.safeParse({ followUpId, until: 'tomorrow' }).success).toBe(false);
  });
});
