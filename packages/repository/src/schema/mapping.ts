import { type SaidWords, searchedText } from '@baton/domain';
import {
  type Channel,
  type Conversation,
  ConversationId,
  type Entry,
  type KnownEntry,
  type MessageEntry,
  type MessageView,
  type TenantId,
  type UnknownEntry,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import type { WireDocument } from './collections.ts';
import { listsOf } from './conversation-lists.ts';
import { combinationsOf, type ListableConversation } from './list-combinations.ts';
import { instantOfDate, isInstant } from './instant.ts';
import type { Collections } from './open-collections.ts';

/** A conversation as callers see it. */
export function conversationOf({
  _id,
  tenantId: _tenant,
  listedUnder: _lists,
  ...rest
}: WireDocument<'conversations'>): Conversation {
  return { id: _id, ...rest };
}

/**
 * A conversation as it is kept. What each write looks up comes first: mongod finds a field by passing those before
 * it, several times for each word of the validator.
 */
export function conversationToDocument(
  tenantId: TenantId,
  conversation: Conversation,
): WireDocument<'conversations'> {
  const { id, lastSeq, version, handoffCount, activeObjections, ...rest } = conversation;
  const counters = { lastSeq, version, handoffCount, activeObjections };
  return { _id: id, tenantId, ...counters, listedUnder: listsOf(conversation), ...rest };
}

/** What `listed_conversations` has of a conversation. */
export function listedConversationOf(
  tenantId: TenantId,
  conversation: ListableConversation,
): WireDocument<'listed_conversations'> {
  const { id, version, contactId, status, updatedAt, nextFollowUpAt, metrics } = conversation;
  return {
    _id: id,
    tenantId,
    version,
    contactId,
    names: combinationsOf(conversation),
    status,
    updatedAt,
    waitingSince: metrics.waitingSince,
    nextFollowUpAt,
  };
}

/** An entry as callers see it. */
export function entryOf(stored: WireDocument<'timeline'>): KnownEntry {
  // Leaving fields out copies the others: once is enough.
  if (stored.kind === 'created') {
    const { _id, tenantId: _tenant, ...created } = stored;
    return created;
  }
  if (stored.kind === 'message') return messageOf(stored);
  const { _id, tenantId: _tenant, channel: _channel, ...entry } = stored;
  return entry;
}

/** What a message's document has that the message has not. */
function withoutStoredFields(stored: StoredMessage): MessageView {
  const {
    _id,
    tenantId: _tenant,
    channel: _channel,
    textLength,
    said: _said,
    revisionSeqs: _seqs,
    ...message
  } = stored;
  return textLength === undefined ? message : { ...message, text: message.text.slice(0, textLength) };
}

/** A message as it was said. */
function messageOf(stored: StoredMessage): MessageEntry {
  if (stored.said === undefined && !hasStanding(stored)) return withoutStoredFields(stored);
  const { revision: _r, delivery: _d, rating: _t, ...message } = withoutStoredFields(stored);
  if (stored.said === undefined) return message;
  const { parts: _parts, raw: _raw, ...rest } = message;
  return { ...rest, ...stored.said };
}

const hasStanding = ({ revision, delivery, rating }: StoredMessage): boolean =>
  revision !== undefined || delivery !== undefined || rating !== undefined;

export type StoredMessage = Extract<WireDocument<'timeline'>, { kind: 'message' }>;

/** A message as it stands now. */
export function messageViewOf(stored: StoredMessage): MessageView {
  return withoutStoredFields(stored);
}

/** The fields of a message's document that its edits and reports change; absent ones it has no more. */
export function standingDocument(
  { timeline }: Pick<Collections, 'timeline'>,
  now: MessageView,
  first: SaidWords & { raw?: MessageEntry['raw'] },
): Document {
  const { parts, raw, revision, delivery, rating } = now;
  const said =
    revision !== undefined && now.redactedAt === null
      ? { text: first.text, parts: first.parts, raw: first.raw }
      : undefined;
  const standing = { parts, raw, revision, delivery, rating, said };
  const given = Object.entries(standing).filter(([, value]) => value !== undefined);
  return { ...timeline.encodePart({ kind: 'message', ...Object.fromEntries(given) }), ...storedText(now) };
}

/** What an entry's document has beside what the store alone has. */
export function entryToDocument(
  { timeline }: Pick<Collections, 'timeline'>,
  { tenantId, channel }: { tenantId: TenantId; channel: Channel },
  entry: KnownEntry,
): Document {
  const document = timeline.encodePart({ tenantId, channel, ...entry });
  return entry.kind === 'message' && entry.parts !== undefined
    ? { ...document, ...storedText(entry) }
    : document;
}

/** How what is searched of a message is kept. */
function storedText(message: SaidWords): { text: string; textLength?: number } {
  const text = searchedText(message);
  return text.length === message.text.length ? { text } : { text, textLength: message.text.length };
}

/** An entry with its own id in the store; null where that is no ObjectId. */
export type StoredEntry = { id: string | null; entry: Entry };

/** What is left of an entry that must not be shown, or cannot. */
export function unknownEntry({ conversationId, seq, version, at }: Omit<UnknownEntry, 'kind'>): UnknownEntry {
  return { kind: 'unknown', conversationId, seq, version, at };
}

/**
 * What a document of the timeline says: `unknown` where it cannot be read; null where its place in a conversation
 * cannot be read either.
 */
export function readStoredEntry(
  { timeline }: Pick<Collections, 'timeline'>,
  document: Document,
): StoredEntry | null {
  const known = timeline.tryDecode(document);
  if (known !== null) return { id: known._id, entry: entryOf(known) };
  const conversationId = readConversationId(document);
  const { _id, seq, version, at } = document;
  if (conversationId === null || !isCount(seq)) return null;
  const id = _id instanceof ObjectId ? _id : null;
  const instant = isInstant(at) ? at : (id?.getTimestamp() ?? new Date(0));
  const place = { conversationId, seq, version: isCount(version) ? version : 1, at: instantOfDate(instant) };
  return { id: id?.toHexString() ?? null, entry: unknownEntry(place) };
}

export function readEntry(collections: Pick<Collections, 'timeline'>, document: Document): Entry | null {
  return readStoredEntry(collections, document)?.entry ?? null;
}

/** The conversation that a document belongs to; null where that cannot be read. */
export function readConversationId({ conversationId }: Document): ConversationId | null {
  return conversationId instanceof ObjectId ? ConversationId.parse(conversationId.toHexString()) : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
