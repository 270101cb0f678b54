import { expect, test } from 'vitest';
import { shiftDate } from './shift-date.ts';

const HOUR_MS = 3_600_000;

test('the clock is off until it is set right again, and instants stay what they are', () => {
  const before = new Date();
  const right = () => performance.timeOrigin + performance.now();
  const shifted = shiftDate(-HOUR_MS);
  try {
    expect(Math.abs(Date.now() - right() + HOUR_MS)).toBeLessThan(1_000);
    expect(Math.abs(new Date().getTime() - right() + HOUR_MS)).toBeLessThan(1_000);
    expect(new Date('2026-03-01T12:00:00.000Z').getTime()).toBe(Date.UTC(2026, 2, 1, 12));
    expect(new Date(2_026, 2, 1).getMonth()).toBe(2);
    expect(before).toBeInstanceOf(Date);
    expect(new Date()).toBeInstanceOf(Date);
  } finally {
    shifted[Symbol.dispose]();
  }
  expect(Math.abs(Date.now() - right())).toBeLessThan(1_000);
});
