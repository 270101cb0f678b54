import type { Clock } from '../src/clock/clock.ts';

export const HOUR_MS = 3_600_000;

/** A store's clock that a test moves itself. */
export function movedClock(now: () => number): Clock {
  return { now, ready: () => Promise.resolve() };
}
