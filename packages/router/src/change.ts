import type { Outcome } from '@baton/domain';
import type {
  Entry,
  EntryKind,
  EntryOf,
  FollowUpChange,
  HandoffChange,
  MessageChange,
  ObjectionChange,
  TurnChange,
} from '@baton/schema';

function entriesOf<Kind extends EntryKind>(entries: readonly Entry[], kind: Kind): EntryOf<Kind>[] {
  return entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

/** The last entry of a kind: of several handoffs that a takeover ends and makes, the one that it made. */
function lastOf<Kind extends EntryKind>(entries: readonly Entry[], kind: Kind): EntryOf<Kind> {
  const entry = entriesOf(entries, kind).at(-1);
  if (entry === undefined) throw new Error(`The command made no ${kind} entry`);
  return entry;
}

export function messageChange({ conversation, entries }: Outcome): MessageChange {
  return { conversation, entry: lastOf(entries, 'message') };
}

export function turnChange({ conversation, entries }: Outcome): TurnChange {
  return { conversation, entries: entriesOf(entries, 'message') };
}

export function handoffChange({ conversation, entries }: Outcome): HandoffChange {
  return { conversation, entries, handoff: lastOf(entries, 'handoff').handoff };
}

export function objectionChange({ conversation, entries }: Outcome): ObjectionChange {
  return { conversation, entries, objection: lastOf(entries, 'objection').objection };
}

export function followUpChange({ conversation, entries }: Outcome): FollowUpChange {
  return { conversation, entries, followUp: lastOf(entries, 'follow_up').followUp };
}
