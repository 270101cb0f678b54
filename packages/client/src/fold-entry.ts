import { eraseEntry, evolve, redactMessage } from '@baton/domain';
import type { Conversation, Entry } from '@baton/schema';

/** Whether an entry takes the words from earlier ones. */
export function takesWords(entry: Entry): boolean {
  return entry.kind === 'redaction' || entry.kind === 'erasure';
}

/** An entry that a later one redacts or erases loses its words here as it does in the store. */
export function redacted(entry: Entry, next: Entry): Entry {
  if (next.kind === 'erasure') return eraseEntry(entry, next);
  if (next.kind !== 'redaction' || entry.seq !== next.targetSeq || entry.kind !== 'message') return entry;
  return redactMessage(entry, next.at);
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
