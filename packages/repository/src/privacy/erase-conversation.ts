import { isDeepStrictEqual } from 'node:util';
import {
  eraseEntry,
  erasedAnswers,
  erasedFollowUp,
  erasedHandoff,
  erasedObjection,
  Refusal,
} from '@baton/domain';
import type { ConversationId, EntryOf, TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { removeFiles } from '../files/remove-files.ts';
import { entryOf, entryToDocument, type StoredMessage } from '../schema/mapping.ts';
import { type CollectionName, REFUSAL_COLLECTIONS, type WireDocument } from '../schema/collections.ts';
import type { Collections, TypedCollection } from '../schema/open-collections.ts';
import type { Submit } from '../write/submit-command.ts';
import { refusalsOf } from './contact-conversations.ts';
import type { TenantFilter, TenantWrite } from '../schema/tenant-collection.ts';

/** How many documents are read, and written, at once: between two steps others have their turn. */
const STEP = 200;

const READ = { maxTimeMS: READ_TIMEOUT_MS, batchSize: STEP };
const WRITE = { ordered: false, maxTimeMS: WRITE_TIMEOUT_MS };

/** What erasing needs of a store. */
export type Eraser = {
  collections: Collections;
  submit: Submit;
  /** Waits until what this process still has to write of conversations is written. */
  drain: () => Promise<void>;
};

type Place = { tenantId: TenantId; conversationId: ConversationId };

/**
 * Marks a conversation as erased, in one command: from then on its document has no word of the contact and takes no
 * command. Its entries, and what follows from them, lose their words by `removeWords`.
 * @throws Refusal VERSION_CONFLICT where it has another version than is expected
 */
export async function markErased(
  { submit }: Eraser,
  { tenantId, conversationId }: Place,
  pseudonym: string,
  actor: Parameters<Submit>[0]['actor'],
  expectedVersion?: number,
): Promise<void> {
  const input = { conversationId, contactId: pseudonym, expectedVersion };
  try {
    await submit({ tenantId, actor, mayForce: true }, { type: 'privacy.eraseConversation', input });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'CONVERSATION_ERASED') return;
    throw error;
  }
}

/**
 * Takes every word from the entries of a conversation that was marked, and from all that follows from them. It may be
 * stopped anywhere and be done again, also by several processes at once.
 */
export async function removeWords(collections: Collections, place: Place): Promise<void> {
  const erasure = await findErasure(collections, place);
  if (erasure === null) return;
  await eraseEntries(collections, place, erasure);
  await eraseProjections(collections, place);
  await deleteCopies(collections, place, erasure);
}

/** Deletes once more what only saves time: its writer may have been killed before it could look whether to take it back. */
export async function removeCopies(collections: Collections, place: Place): Promise<void> {
  const erasure = await findErasure(collections, place);
  if (erasure !== null) await deleteCopies(collections, place, erasure);
}

/** The erasure of a conversation, its last entry; null where it has none. */
async function findErasure({ timeline }: Collections, place: Place): Promise<EntryOf<'erasure'> | null> {
  const document = await timeline.collection.findOne(
    { ...filterOf(place), kind: 'erasure' },
    { sort: { seq: -1 }, hint: 'by_seq', maxTimeMS: READ_TIMEOUT_MS },
  );
  const entry = document === null ? null : entryOf(timeline.decode(document));
  return entry?.kind === 'erasure' ? entry : null;
}

function filterOf({ tenantId, conversationId }: Place): TenantFilter {
  return { tenantId, conversationId: new ObjectId(conversationId) };
}

/**
 * Brings documents of a conversation to what `erase` makes of each, in steps; what is so already is not written. Of one
 * that cannot be read only its place is kept.
 */
async function eraseDocuments<Name extends CollectionName>(
  { collection, tryDecode }: TypedCollection<Name>,
  filter: TenantFilter,
  erase: (stored: WireDocument<Name>) => Document | null,
): Promise<void> {
  let writes: TenantWrite[] = [];
  const unreadable: Document[] = [];
  for await (const document of collection.find(filter, READ)) {
    const stored = tryDecode(document);
    if (stored === null) {
      unreadable.push(document);
      continue;
    }
    const replacement = erase(stored);
    if (replacement === null || isDeepStrictEqual(document, replacement)) continue;
    const { _id, tenantId, conversationId } = document;
    writes.push({ replaceOne: { filter: { _id, tenantId, conversationId }, replacement } });
    if (writes.length < STEP) continue;
    await collection.bulkWrite(writes, WRITE);
    writes = [];
  }
  if (writes.length > 0) await collection.bulkWrite(writes, WRITE);
  for (const document of unreadable) await keepPlace(collection, document);
}

/** What is kept of a document that cannot be read: its place. */
const PLACE_FIELDS = new Set([
  '_id',
  'tenantId',
  'conversationId',
  'channel',
  'seq',
  'version',
  'at',
  'kind',
  'field',
]);

async function keepPlace(
  collection: Collections['timeline']['collection'],
  { _id, tenantId, conversationId, ...rest }: Document,
): Promise<void> {
  const others = Object.keys(rest).filter((field) => !PLACE_FIELDS.has(field));
  if (others.length === 0) return;
  const $unset = Object.fromEntries(others.map((field) => [field, '']));
  // It was no valid document before either.
  const options = { bypassDocumentValidation: true, maxTimeMS: WRITE_TIMEOUT_MS };
  await collection.updateOne({ _id, tenantId, conversationId }, { $unset }, options);
}

async function eraseEntries(
  { timeline }: Collections,
  place: Place,
  erasure: EntryOf<'erasure'>,
): Promise<void> {
  const filter = { ...filterOf(place), seq: { $lt: erasure.seq } };
  await eraseDocuments(timeline, filter, (stored) => {
    const { _id, tenantId, channel } = stored;
    const erased = eraseEntry(entryOf(stored), erasure);
    const document = entryToDocument({ timeline }, { tenantId, channel }, erased);
    return {
      _id: new ObjectId(_id),
      ...document,
      ...(stored.kind === 'message' && erasedStanding(timeline, stored)),
    };
  });
}

/** How a message stands, without words. */
function erasedStanding(
  timeline: Collections['timeline'],
  { revision, delivery, rating, revisionSeqs }: StoredMessage,
): Document {
  const { kind: _kind, ...standing } = timeline.encodePart({
    kind: 'message',
    ...(revision && { revision: { ...revision, reason: null } }),
    ...(delivery && { delivery: { ...delivery, error: null } }),
    ...(rating && { rating: { ...rating, note: null } }),
  });
  return { ...standing, ...(revisionSeqs && { revisionSeqs }) };
}

/** What lists and claims have of the entries. */
async function eraseProjections(collections: Collections, place: Place): Promise<void> {
  const { handoffs, objections, follow_ups: followUps, qualification_answers: answers } = collections;
  const filter = filterOf(place);
  await eraseDocuments(handoffs, filter, ({ _id, tenantId, channel, ...handoff }) => {
    const { id: _, ...erased } = erasedHandoff({ id: _id, ...handoff });
    return handoffs.encode({ _id, tenantId, channel, ...erased });
  });
  await eraseDocuments(objections, filter, ({ _id, tenantId, channel, ...objection }) => {
    const { id: _, ...erased } = erasedObjection({ id: _id, ...objection });
    return objections.encode({ _id, tenantId, channel, ...erased });
  });
  await eraseDocuments(followUps, filter, ({ _id, tenantId, channel, lease, ...followUp }) => {
    const { id: _, ...erased } = erasedFollowUp({ id: _id, ...followUp });
    return followUps.encode({ _id, tenantId, channel, ...erased, lease });
  });
  await eraseDocuments(answers, filter, (stored) => {
    const answer = erasedAnswers({ [stored.field]: stored.answer })[stored.field];
    return answer === undefined ? null : answers.encode({ ...stored, answer });
  });
}

/** What only saves time, or is no part of the timeline. */
async function deleteCopies(
  collections: Collections,
  place: Place,
  { version }: EntryOf<'erasure'>,
): Promise<void> {
  const filter = filterOf(place);
  const options = { maxTimeMS: WRITE_TIMEOUT_MS };
  await collections.search_terms.collection.deleteMany(filter, options);
  await collections.snapshots.collection.deleteMany(filter, options);
  const { tenantId, conversationId: id } = place;
  await removeFiles(collections, { tenantId, conversationId: new ObjectId(id) });
  const ofBefore = { _id: new ObjectId(id), tenantId, version: { $lt: version } };
  await collections.listed_conversations.collection.deleteOne(ofBefore, options);
  const refused = refusalsOf(tenantId, [new ObjectId(id)]);
  for (const name of REFUSAL_COLLECTIONS) await collections[name].collection.deleteMany(refused, options);
}
