import type { Retention } from '@baton/schema';
import { expect, test } from 'vitest';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { printRetention } from './retention.ts';

const AT = '2026-03-10T12:00:00.000Z';

const RETENTION: Retention = {
  days: 30,
  changedAt: AT,
  changedBy: { kind: 'session', id: 'abc', agentId: null },
  left: { before: AT, conversations: 12, contacts: 3, complete: false },
  run: {
    startedAt: AT,
    finishedAt: null,
    before: AT,
    conversations: 5,
    contacts: 0,
    failed: 2,
    lastError: { at: AT, code: 'UNREADABLE', conversationId: null },
  },
  nextAt: AT,
};

function printed(retention: Partial<Retention>): string {
  const { terminal, stdout } = recordingTerminal();
  printRetention(terminal, { ...RETENTION, ...retention });
  return stdout.join('\n');
}

test('a run that goes on is told with what it could not erase, and why', () => {
  expect(printed({}).replaceAll(/ {2,}/g, '  ').split('\n')).toEqual([
    'RETENTION',
    'limit  30 days',
    'set  2026-03-10 12:00 by session abc',
    'past it now  at least 12 closed conversations and 3 contacts',
    'last run  began 2026-03-10 12:00, goes on',
    'it erased  5 conversations and 0 contacts',
    'it could not erase  2 conversations; the next run tries them again',
    'last error  2026-03-10 12:00 UNREADABLE',
    'next  2026-03-10 12:00',
  ]);
});

test('a run that has ended is told with its end, and an error with its conversation', () => {
  const { run } = RETENTION;
  if (run === null) throw new Error('There is a run');
  const lastError = { at: AT, code: 'UNREADABLE', conversationId: '65f000000000000000000001' } as never;
  const text = printed({ run: { ...run, finishedAt: AT, failed: 0, lastError }, nextAt: null, left: null });
  expect(text).toContain('ended 2026-03-10 12:00');
  expect(text).toContain('UNREADABLE at conversation 65f000000000000000000001');
  expect(text).not.toContain('could not');
});
