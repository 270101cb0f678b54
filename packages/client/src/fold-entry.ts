import { evolve } from '@baton/domain';
import type { Conversation, Entry } from '@baton/schema';

/** Whether an entry takes the words from earlier ones. */
export function takesWords(entry: Entry): boolean {
  return entry.kind === 'redaction' || entry.kind === 'erasure';
}

/** Null where an entry is of another version: what it changes is not known here. */
export function tryEvolve(conversation: Conversation, entry: Entry): Conversation | null {
  if (entry.kind === 'unknown') return null;
  try {
    return evolve(conversation, entry);
  } catch {
    return null;
  }
}
