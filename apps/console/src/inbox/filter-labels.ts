import { duration } from '../format/time.ts';
import type { InboxSearch } from './inbox-params.ts';

export const dueWords = {
  overdue: 'overdue',
  today: 'due today',
  week: 'due within 7 days',
} as const satisfies Record<NonNullable<InboxSearch['due']>, string>;

export const waitsWords = (minutes: number): string => `Waits over ${duration(minutes * 60_000)}`;
