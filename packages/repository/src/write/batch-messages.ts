import { type SaidWords, searchedText, standingAfter } from '@baton/domain';
import type { ConversationId, KnownEntry, MessageEntry, MessageView, TenantId } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { TRANSACTION_TIMEOUT_MS } from '../connection/deadlines.ts';
import { searchTermsDocument } from '../read/search/search-terms.ts';
import { REFUSAL_COLLECTIONS } from '../schema/collections.ts';
import { entryOf, messageViewOf, standingDocument } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { BatchState, RedactedMessage } from './batch.ts';

type Place = { tenantId: TenantId; conversationId: ConversationId };

/** Which message is meant. */
type Target = { seq?: number | undefined; clientMessageId?: string | undefined };

type StandingMessage = {
  now: MessageView;
  /** What it said first. */
  first: SaidWords & { raw?: MessageEntry['raw'] };
  revisionSeqs: number[];
};

/** A message with all that this batch has decided of it; null where there is none. */
export async function findMessage(
  batch: BatchState,
  collections: Collections,
  { tenantId, conversationId }: Place,
  target: Target,
  session: ClientSession,
): Promise<StandingMessage | null> {
  const ofConversation = batch.entries.filter((entry) => entry.conversationId === conversationId);
  const inBatch = ofConversation.find((entry): entry is MessageEntry => isTarget(entry, target));
  const found = inBatch
    ? { now: inBatch, first: inBatch, revisionSeqs: [] }
    : await readStanding(collections, { tenantId, conversationId }, target, session);
  if (found === null) return null;
  const revisions = ofConversation.flatMap((entry) =>
    entry.kind === 'revision' && entry.targetSeq === found.now.seq ? [entry.seq] : [],
  );
  return {
    ...found,
    now: ofConversation.reduce<MessageView>(standingAfter, found.now),
    revisionSeqs: [...found.revisionSeqs, ...revisions],
  };
}

function isTarget(entry: KnownEntry, { seq, clientMessageId }: Target): boolean {
  if (entry.kind !== 'message') return false;
  return seq === undefined ? entry.clientMessageId === clientMessageId : entry.seq === seq;
}

async function readStanding(
  { timeline }: Collections,
  { tenantId, conversationId }: Place,
  { seq, clientMessageId }: Target,
  session: ClientSession,
): Promise<StandingMessage | null> {
  const document = await timeline.collection.findOne(
    {
      tenantId,
      conversationId: new ObjectId(conversationId),
      ...(seq === undefined ? { clientMessageId, kind: 'message' } : { seq }),
    },
    {
      session,
      maxTimeMS: TRANSACTION_TIMEOUT_MS,
      hint: seq === undefined ? 'by_client_message' : 'by_seq',
    },
  );
  if (document === null) return null;
  const stored = timeline.decode(document);
  const said = entryOf(stored);
  if (stored.kind !== 'message' || said.kind !== 'message') return null;
  return { now: messageViewOf(stored), first: said, revisionSeqs: stored.revisionSeqs ?? [] };
}

/** What a message's document no longer has where the message has it not. */
const MAY_GO = ['parts', 'raw', 'textLength', 'said'];

/** Brings the messages that new entries are about to where these leave them, and what search has of them. */
export async function writeStanding(
  batch: BatchState,
  collections: Collections,
  tenantId: TenantId,
  session: ClientSession,
): Promise<void> {
  const targets = new Map<string, Place & { seq: number; isRevised: boolean }>();
  for (const entry of batch.entries) {
    if (entry.kind !== 'revision' && entry.kind !== 'delivery' && entry.kind !== 'rating') continue;
    const { conversationId, targetSeq: seq } = entry;
    const key = `${conversationId} ${seq}`;
    const isRevised = entry.kind === 'revision' || (targets.get(key)?.isRevised ?? false);
    targets.set(key, { tenantId, conversationId, seq, isRevised });
  }
  for (const { conversationId, seq, isRevised } of targets.values()) {
    const place = { tenantId, conversationId };
    const message = await findMessage(batch, collections, place, { seq }, session);
    if (message === null) continue;
    const $set: Document = {
      ...standingDocument(collections, message.now, message.first),
      ...(message.revisionSeqs.length > 0 && { revisionSeqs: message.revisionSeqs }),
    };
    const gone = MAY_GO.filter((field) => !(field in $set));
    const $unset: Document = Object.fromEntries(gone.map((field) => [field, '']));
    const filter = { tenantId, conversationId: new ObjectId(conversationId), seq };
    const written = await collections.timeline.collection.findOneAndUpdate(
      filter,
      { $set, $unset },
      { session, projection: { _id: 1 } },
    );
    if (!isRevised || written === null) continue;
    const { search_terms: terms } = collections;
    await terms.collection.deleteOne(filter, { session });
    const text = searchedText(message.now);
    const found = searchTermsDocument(tenantId, written['_id'].toHexString(), { ...message.now, text });
    if (found !== null) await terms.collection.insertOne(terms.encode(found), { session });
  }
}

/** The fields of a message that have words beside its text. */
const WORDS_BESIDE_TEXT = { parts: '', raw: '', textLength: '', said: '' };

/** Takes the words from a message that is in the store, and from its edits. */
export async function blankMessage(
  collections: Collections,
  tenantId: TenantId,
  { conversationId, seq, redactedAt }: RedactedMessage,
  session: ClientSession,
): Promise<void> {
  if (redactedAt === null) return;
  const { timeline, search_terms: terms } = collections;
  const place = { tenantId, conversationId: new ObjectId(conversationId) };
  const blanked = await timeline.collection.findOneAndUpdate(
    { ...place, seq, kind: 'message' },
    { $set: { text: '', redactedAt: new Date(redactedAt) }, $unset: WORDS_BESIDE_TEXT },
    { session, projection: { clientMessageId: 1, revisionSeqs: 1 } },
  );
  const revisionSeqs: number[] = blanked?.['revisionSeqs'] ?? [];
  if (revisionSeqs.length > 0) {
    await timeline.collection.updateOne(
      { ...place, seq },
      { $set: { 'revision.reason': null } },
      { session },
    );
    await timeline.collection.updateMany(
      { ...place, seq: { $in: revisionSeqs }, kind: 'revision' },
      { $set: { text: '', reason: null }, $unset: { parts: '', raw: '' } },
      { session },
    );
  }
  // It may have been refused before it was said. The driver's type allows `$pull` of declared fields alone.
  const forget: Document = { $pull: { messages: { clientMessageId: blanked?.['clientMessageId'] } } };
  for (const name of REFUSAL_COLLECTIONS) {
    const { _id } = collections[name].encodePart({ _id: { tenantId, conversationId } });
    await collections[name].collection.updateOne({ _id }, forget, { session });
  }
  await terms.collection.deleteOne({ ...place, seq }, { session });
}
