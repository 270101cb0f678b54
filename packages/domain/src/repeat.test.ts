import type { Repeat } from '@baton/schema';
import { describe, expect, it } from 'vitest';
import { refusalOf, Scenario } from '../test/scenario.ts';
import { nextRepetition } from './repeat.ts';

const BERLIN = { timeZone: 'Europe/Berlin', time: '09:30' } as const;

function times(repeat: Repeat, due: string, count: number): (string | null)[] {
  const found: (string | null)[] = [];
  for (let at: string | null = due; at !== null && found.length < count;) {
    at = nextRepetition(repeat, at, at);
    found.push(at);
  }
  return found;
}

describe('the next time', () => {
  it('is at the same time of the wall clock when the clocks change', () => {
    // Clocks went forward on 29 March 2026, and go back on 25 October.
    expect(times({ ...BERLIN, everyDays: 1 }, '2026-03-28T08:30:00.000Z', 2)).toEqual([
      '2026-03-29T07:30:00.000Z',
      '2026-03-30T07:30:00.000Z',
    ]);
    expect(times({ ...BERLIN, everyDays: 7 }, '2026-10-21T07:30:00.000Z', 1)).toEqual([
      '2026-10-28T08:30:00.000Z',
    ]);
  });

  it('moves later by the skipped time where the clock has no such time, and back to it the day after', () => {
    const repeat = { everyDays: 1, timeZone: 'Europe/Berlin', time: '02:30' };
    expect(times(repeat, '2026-03-28T01:30:00.000Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('is on the named weekdays, over the end of a week', () => {
    const repeat = { ...BERLIN, weekdays: [1, 5] };
    expect(times(repeat, '2026-06-05T07:30:00.000Z', 3)).toEqual([
      '2026-06-08T07:30:00.000Z',
      '2026-06-12T07:30:00.000Z',
      '2026-06-15T07:30:00.000Z',
    ]);
  });

  it('keeps to its days where one ends long after it was due', () => {
    const repeat = { ...BERLIN, everyDays: 10 };
    expect(nextRepetition(repeat, '2026-06-01T07:30:00.000Z', '2026-06-25T12:00:00.000Z')).toBe(
      '2026-07-01T07:30:00.000Z',
    );
    expect(
      nextRepetition({ ...BERLIN, everyDays: 1 }, '2006-06-01T07:30:00.000Z', '2026-06-25T12:00:00.000Z'),
    ).toBe('2026-06-26T07:30:00.000Z');
  });

  it('is none beyond the year 9999', () => {
    const repeat = { ...BERLIN, everyDays: 366 };
    expect(times(repeat, '9999-06-01T07:30:00.000Z', 2)).toEqual([null]);
  });

  it('is none behind the end', () => {
    const repeat = { ...BERLIN, everyDays: 1, until: '2026-06-03T00:00:00.000Z' };
    expect(times(repeat, '2026-06-01T07:30:00.000Z', 5)).toEqual(['2026-06-02T07:30:00.000Z', null]);
  });
});

describe('a follow-up that repeats', () => {
  const repeating = (repeat: object = { everyDays: 2 }) => {
    const scenario = new Scenario();
    scenario.scheduleFollowUp({
      dueAt: { localTime: '2026-01-06T09:30', timeZone: 'Europe/Berlin' },
      repeat,
    });
    return scenario;
  };
  const lease = { token: 'held', isLive: true };
  const first = ({ conversation }: Scenario) => conversation.followUps[0]?.id ?? '';
  const nextId = { id: 'f'.repeat(24) };

  it('is scheduled anew when it is completed, and the conversation stays scheduled', () => {
    const scenario = repeating();
    scenario.when('conversations.pause', {});
    const done = { followUpId: first(scenario), leaseToken: 'held' };
    const { conversation, entries } = scenario.when('followUps.complete', done, { lease, ...nextId });
    expect(entries).toMatchObject([
      { action: 'completed', followUp: { id: done.followUpId, attempts: 1 } },
      { action: 'scheduled', followUp: { ...nextId, dueAt: '2026-01-08T08:30:00.000Z', attempts: 0 } },
    ]);
    expect(conversation).toMatchObject({ status: 'scheduled', nextFollowUpAt: '2026-01-08T08:30:00.000Z' });
    expect(conversation.followUps).toHaveLength(1);
  });

  it('is scheduled anew when it is given up, within business hours', () => {
    const scenario = repeating({ everyDays: 1 });
    const businessHours = {
      timeZone: 'Europe/Berlin',
      weekdays: [{ day: 4, from: '10:00', to: '17:00' }],
    };
    const lost = { lease: { token: 'gone', isLive: false }, businessHours };
    const expire = (id: string) =>
      scenario.when('followUps.expire', { followUpId: first(scenario) }, { ...lost, id });
    expire('1'.repeat(24));
    expire('2'.repeat(24));
    const { entries } = expire('3'.repeat(24));
    expect(entries).toMatchObject([
      { action: 'dead' },
      { action: 'scheduled', followUp: { dueAt: '2026-01-08T09:00:00.000Z', attempts: 0 } },
    ]);
  });

  it('ends when it is cancelled, by hand or by the customer', () => {
    const byHand = repeating();
    const { entries } = byHand.when('followUps.cancel', { followUpId: first(byHand) });
    expect(entries).toMatchObject([{ action: 'cancelled' }]);
    expect(byHand.conversation.followUps).toEqual([]);
  });

  it('needs a time zone', () => {
    const schedule = () =>
      new Scenario().scheduleFollowUp({ dueAt: '2026-01-06T09:30:00.000Z', repeat: { weekdays: [1] } });
    expect(refusalOf(schedule)).toMatchObject({
      code: 'INVALID_INPUT',
      details: { faults: [{ path: 'repeat.timeZone' }] },
    });
  });
});
