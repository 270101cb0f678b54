import type { ErasureCounts, RetentionPreview } from '@baton/schema';
import { formatCount } from '../format/labels.ts';

const kinds: readonly { count: keyof ErasureCounts; one: string; many?: string }[] = [
  { count: 'contacts', one: 'contact' },
  { count: 'conversations', one: 'conversation' },
  { count: 'messages', one: 'message' },
  { count: 'entries', one: 'entry of the timeline', many: 'entries of the timeline' },
  { count: 'handoffs', one: 'handoff' },
  { count: 'objections', one: 'objection' },
  { count: 'followUps', one: 'follow-up' },
  { count: 'answers', one: 'answer of the qualification', many: 'answers of the qualification' },
  { count: 'deals', one: 'deal' },
  { count: 'refusedMessages', one: 'refused message' },
];

/** What there is of a contact, one phrase a kind; kinds of which there is nothing are left out. */
export function countWords(counts: ErasureCounts): string[] {
  return kinds
    .filter(({ count }) => counts[count] > 0)
    .map(({ count, one, many }) => formatCount(counts[count], one, many));
}

/** How many records an export of it has; messages are among the entries, deals within conversations. */
export function recordCount(counts: ErasureCounts): number {
  const { messages: _messages, deals: _deals, ...records } = counts;
  return Object.values(records).reduce((sum, count) => sum + count, 0);
}

export function pastLimitWords({
  conversations,
  contacts,
  complete,
}: Pick<RetentionPreview, 'conversations' | 'contacts' | 'complete'>): string {
  const words = `${formatCount(conversations, 'conversation')} and ${formatCount(contacts, 'contact')}`;
  return complete ? words : `at least ${words}`;
}
