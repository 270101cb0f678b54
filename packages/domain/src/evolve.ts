import type { Conversation, Entry, EntryKind, EntryOf } from '@baton/schema';
import { applyDetails, applyStatus, born } from './conversation.ts';
import { applyDeal } from './deal.ts';
import { applyFollowUp } from './follow-up.ts';
import { applyHandoff, applyOwner } from './handoff.ts';
import { applyMessage, applyRedaction } from './message.ts';
import { applyObjection } from './objection.ts';
import { applyQualification } from './qualification.ts';
import { applyStage } from './stage.ts';

type Apply<Kind extends EntryKind> = (conversation: Conversation, entry: EntryOf<Kind>) => Conversation;

const applyKind: { [Kind in Exclude<EntryKind, 'created'>]: Apply<Kind> } = {
  message: applyMessage,
  owner: applyOwner,
  handoff: applyHandoff,
  stage: applyStage,
  qualification: applyQualification,
  objection: applyObjection,
  follow_up: applyFollowUp,
  deal: applyDeal,
  status: applyStatus,
  details: applyDetails,
  redaction: applyRedaction,
};

/**
 * The conversation after one more entry. The same code folds on the server, in `doctor --rebuild` and in a
 * client's live replica; it never changes what it is given.
 * @throws Error where the entry is not the next one: a fold with a gap would be silently wrong.
 */
export function evolve(conversation: Conversation | null, entry: Entry): Conversation {
  if (entry.kind === 'created') {
    if (conversation !== null) throw new Error(`Conversation ${entry.conversationId} is created twice`);
    return born(entry);
  }
  if (conversation === null || entry.seq !== conversation.lastSeq + 1) {
    const expected = conversation === null ? 1 : conversation.lastSeq + 1;
    throw new Error(`Entry ${entry.seq} of ${entry.conversationId} is not the next one, ${expected}`);
  }
  // The table's key is the entry's own kind, which the compiler cannot correlate.
  const apply = applyKind[entry.kind] as Apply<typeof entry.kind>;
  const next = apply(conversation, entry);
  return { ...next, lastSeq: entry.seq, version: entry.version, updatedAt: entry.at };
}

/** The fold of a timeline from its beginning; null where it is empty. */
export function fold(entries: Iterable<Entry>, from: Conversation | null = null): Conversation | null {
  let conversation = from;
  for (const entry of entries) conversation = evolve(conversation, entry);
  return conversation;
}
