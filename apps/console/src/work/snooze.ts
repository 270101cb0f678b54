import type { SnoozeFollowUp, Timestamp } from '@baton/schema';
import { timestamp } from '@baton/schema';
import type { ViewerClock } from './follow-up-groups.ts';
import { addDays, instantOfLocal, localDay, localTime, nextWeekday } from '../format/local-day.ts';

export type SnoozeUntil = SnoozeFollowUp['until'];
export type SnoozeChoice = { label: string; until: SnoozeUntil };

const HOUR_MS = 3_600_000;
const MORNING = '09:00';

/** In local time, so that 9 o'clock stays 9 o'clock over a clock change. */
export function snoozeChoices({ now, timeZone }: ViewerClock): SnoozeChoice[] {
  const today = localDay(now, timeZone);
  const morningOf = (day: string) => ({ localTime: `${day}T${MORNING}`, timeZone });
  const choices: SnoozeChoice[] = [
    { label: 'In an hour', until: timestamp(Date.parse(now) + HOUR_MS) },
    { label: `Tomorrow, ${MORNING}`, until: morningOf(addDays(today, 1)) },
    { label: `Monday, ${MORNING}`, until: morningOf(nextWeekday(today, 1)) },
    { label: `In a week, ${MORNING}`, until: morningOf(addDays(today, 7)) },
  ];
  // On a Sunday, Monday is tomorrow; on a Monday, it is in a week.
  const morning = ({ until }: SnoozeChoice) => (typeof until === 'string' ? until : until.localTime);
  return choices.filter(
    (choice, index) => choices.findIndex((other) => morning(other) === morning(choice)) === index,
  );
}

/** The next full local hour at least half an hour away. */
export function suggestedLocalTime({ now, timeZone }: ViewerClock): string {
  const soon = localTime(timestamp(Date.parse(now) + 1.5 * HOUR_MS), timeZone);
  return `${soon.slice(0, 13)}:00`;
}

/** An estimate until the server answers: business hours may move it. */
export function snoozeInstant(until: SnoozeUntil): Timestamp {
  return typeof until === 'string' ? until : instantOfLocal(until.localTime, until.timeZone);
}
