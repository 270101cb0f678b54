import type { Entry, EntryOf, KnownEntry } from '@baton/schema';
import { endConversation } from './conversation.ts';
import type { Decide } from './decide.ts';
import { applyDrafts } from './drafts.ts';
import {
  erasedAnswers,
  erasedConsent,
  erasedDeal,
  erasedFollowUp,
  erasedHandoff,
  erasedObjection,
  withoutWords,
} from './erased-words.ts';
import { cancelAllFollowUps } from './follow-up.ts';
import { redactMessage } from './message.ts';
import { isClosed } from './status.ts';

type Erasure = EntryOf<'erasure'>;

type Erase<Kind extends KnownEntry['kind']> = (entry: EntryOf<Kind>, erasure: Erasure) => EntryOf<Kind>;

/** What is left of an entry of each kind once all words of its conversation are erased. */
const erasers: { [Kind in KnownEntry['kind']]: Erase<Kind> } = {
  created: (entry, { contactId }) => ({
    ...entry,
    contactId,
    tags: [],
    metadata: {},
  }),
  // A provider's id of a message may have the customer's number in it.
  message: (entry, { at }) => ({
    ...redactMessage(entry, entry.redactedAt ?? at),
    clientMessageId: `erased-${entry.seq}`,
  }),
  owner: (entry) => entry,
  handoff: (entry) => ({ ...entry, handoff: erasedHandoff(entry.handoff) }),
  stage: (entry) => ({ ...entry, reason: null, notes: null, lossReason: null }),
  qualification: (entry) => ({ ...entry, answers: erasedAnswers(entry.answers) }),
  objection: (entry) => ({ ...entry, objection: erasedObjection(entry.objection) }),
  follow_up: (entry) => ({ ...entry, followUp: erasedFollowUp(entry.followUp) }),
  deal: (entry) => ({ ...entry, deal: erasedDeal(entry.deal) }),
  status: (entry) => ({ ...entry, reason: null }),
  details: (entry) => ({
    ...entry,
    ...(entry.tags && { tags: [] }),
    ...(entry.metadata && { metadata: {} }),
  }),
  redaction: (entry) => ({ ...entry, reason: null }),
  erasure: (entry) => entry,
  revision: blankRevision,
  delivery: (entry) => ({ ...entry, error: null }),
  rating: (entry) => ({ ...entry, note: null }),
  contact: (entry) => ({ ...entry, consent: erasedConsent(entry.consent) }),
};

/** An edit without what it said. */
export function blankRevision(entry: EntryOf<'revision'>): EntryOf<'revision'> {
  const { parts: _parts, raw: _raw, ...rest } = entry;
  return { ...rest, text: '', reason: null };
}

function eraseWords(entry: KnownEntry, erasure: Erasure): KnownEntry {
  // The compiler does not see that the key is the entry's own kind.
  const erase = erasers[entry.kind] as Erase<typeof entry.kind>;
  return erase(entry, erasure);
}

/** An entry as an erasure that comes after it leaves it, in the store and in a client's replica alike. */
export function eraseEntry<Given extends Entry>(entry: Given, erasure: Erasure): Given | KnownEntry {
  const isBefore = entry.conversationId === erasure.conversationId && entry.seq < erasure.seq;
  return isBefore && entry.kind !== 'unknown' ? eraseWords(entry, erasure) : entry;
}

/** An entry as a later one of any kind leaves it: redactions and erasures take words, others leave it as it is. */
export function takeWords(entry: Entry, later: Entry): Entry {
  if (later.kind === 'erasure') return eraseEntry(entry, later);
  if (later.kind !== 'redaction' || entry.conversationId !== later.conversationId) return entry;
  if (entry.kind === 'revision' && entry.targetSeq === later.targetSeq && entry.seq < later.seq)
    return blankRevision(entry);
  return entry.kind === 'message' && entry.seq === later.targetSeq ? redactMessage(entry, later.at) : entry;
}

/**
 * Ends what is open, so that no worker turns to the contact any more. What that adds to the timeline has no words to
 * begin with.
 */
export const eraseConversation: Decide<'privacy.eraseConversation'> = (conversation, input, context) => {
  const wordless = withoutWords(conversation);
  const cancelled = cancelAllFollowUps(wordless, context);
  const after = applyDrafts(wordless, cancelled, context);
  const ended = isClosed(after) ? [] : endConversation(after, 'abandoned', {}, context);
  return [...cancelled, ...ended, { kind: 'erasure', contactId: input.contactId }];
};
