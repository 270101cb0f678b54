// @vitest-environment node
import { expect, test } from 'vitest';
import { followUp } from '../../test/follow-up-factory.ts';
import { rescheduledInstants } from './use-schedule-again.ts';

const NOW = Date.parse('2026-11-20T10:00:00.000Z');
const before = followUp('2026-11-19T10:00:00.000Z', { finalAttemptAt: '2026-11-19T18:00:00.000Z' });

test('what was ended by a person comes back as it was, with its own last instant', () => {
  expect(rescheduledInstants({ ...before, status: 'cancelled' }, NOW)).toEqual({
    dueAt: before.dueAt,
    finalAttemptAt: before.finalAttemptAt,
  });
});

test('what was given up is due now, or later where it was to be, and has all its time again', () => {
  expect(rescheduledInstants({ ...before, status: 'dead' }, NOW)).toEqual({
    dueAt: '2026-11-20T10:00:00.000Z',
  });
  const later = '2026-12-01T10:00:00.000Z';
  expect(rescheduledInstants({ ...before, status: 'dead', dueAt: later }, NOW)).toEqual({ dueAt: later });
});
