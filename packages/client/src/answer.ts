import type { Conversation, Entry } from '@baton/schema';

/** The entries that an answer carries, whatever its form. */
export function entriesOf(answer: unknown): Entry[] {
  if (typeof answer !== 'object' || answer === null) return [];
  // Answers come from the typed client; only which of its forms this one has is unknown.
  const { entries, entry } = answer as { entries?: Entry[]; entry?: Entry };
  return entries ?? (entry === undefined ? [] : [entry]);
}

/** The last entry of the conversation that an answer shows; 0 where it shows none. */
export function lastSeqOf(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null) return 0;
  // As above: a change with its conversation, or the conversation itself.
  const { conversation, lastSeq } = answer as { conversation?: Conversation; lastSeq?: number };
  return conversation?.lastSeq ?? lastSeq ?? 0;
}
