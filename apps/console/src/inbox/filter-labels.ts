import { formatDuration } from '../format/time.ts';
import type { InboxParams } from './inbox-params.ts';

export const dueLabels = {
  overdue: 'overdue',
  today: 'due today',
  week: 'due within 7 days',
} as const satisfies Record<NonNullable<InboxParams['due']>, string>;

export const waitsLabel = (minutes: number): string => `Waits over ${formatDuration(minutes * 60_000)}`;
