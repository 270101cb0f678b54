import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '@baton/domain';
import { type Conversation, type Entry, type TenantId, type Timestamp, timestamp } from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { auditDocument, OPERATOR } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { Turns } from '../read/search/turns.ts';
import { LATE_MS } from '../rollup/uncounted.ts';
import type { WireDocument } from '../schema/collections.ts';
import { LIST_FIELDS, listsOf } from '../schema/conversation-lists.ts';
import { QUIET_MS } from '../schema/list-combinations.ts';
import { conversationToDocument, entryToDocument, listedConversationOf } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { writeContacts } from './batch-contacts.ts';
import {
  type AuditedCommand,
  type BatchState,
  type CommandRequest,
  type CommitOptions,
  filterOfConversation,
} from './batch.ts';
import { writeSpending } from './agent-budgets.ts';
import { blankMessage, writeStanding } from './batch-messages.ts';
import { duplicateOf, StaleRead } from './commit-error.ts';
import { project, projectSearchTerms, type ProjectionWrites } from './projections.ts';
import type { TenantCollection, TenantFilter, TenantWrite } from '../schema/tenant-collection.ts';

/** The unique index on a conversation's `seq`: a duplicate means that another commit was first. */
const SEQ_INDEX = 'by_seq';

export async function writeBatch(
  batch: BatchState,
  tenantId: TenantId,
  options: CommitOptions,
  session: ClientSession,
): Promise<void> {
  const { collections } = options;
  const projections: ProjectionWrites = new Map();
  const channelOf = ({ conversationId }: Entry) => {
    const conversation = batch.current.get(conversationId) ?? batch.unfinished.get(conversationId);
    if (conversation === undefined) throw new Error(`Entry of an unknown conversation ${conversationId}`);
    return conversation.channel;
  };
  for (const entry of [...batch.earlierEntries, ...batch.entries]) {
    if (batch.unfinished.has(entry.conversationId)) continue;
    project(projections, collections, { tenantId, channel: channelOf(entry) }, entry);
  }
  const documents: Document[] = [];
  const turns = new Turns();
  for (const entry of batch.entries) {
    const _id = newObjectId(collections.clock);
    documents.push({
      _id,
      ...entryToDocument(collections, { tenantId, channel: channelOf(entry) }, entry),
    });
    projectSearchTerms(projections, collections, { tenantId, entryId: _id.toHexString() }, entry);
    // A long text in a script without spaces takes milliseconds, and a turn may have a hundred.
    await turns.pause();
  }
  try {
    await insertAll(collections.timeline.collection, documents, session);
  } catch (error) {
    if (duplicateOf(error).index !== SEQ_INDEX) throw error;
    throw new StaleRead('A conversation has changed since it was read', { cause: error });
  }
  const created: Document[] = [];
  const changes: Change[] = [];
  const active: TenantWrite[] = [];
  const paused: TenantWrite[] = [];
  const listed: TenantWrite[] = [];
  // Half of the time, because the transaction takes some until it can be seen.
  const quietSince = timestamp(collections.clock.now() - QUIET_MS / 2);
  for (const [id, conversation] of batch.current) {
    const before = batch.before.get(id) ?? null;
    if (conversation === null || conversation === before) continue;
    if (before === null)
      created.push(collections.conversations.encode(conversationToDocument(tenantId, conversation)));
    else changes.push(changeOf(options, tenantId, before, conversation));
    active.push(...activeConversationWrites(collections, tenantId, before, conversation));
    if (before?.pausedUntil !== conversation.pausedUntil)
      paused.push(pausedWrite(collections, tenantId, conversation));
    if (conversation.updatedAt < quietSince) listed.push(listedWrite(collections, tenantId, conversation));
  }
  await updateAll(collections.conversations.collection, changes, session);
  await insertAll(collections.conversations.collection, created, session);
  await markAssignedAgents(batch, tenantId, collections, session);
  if (active.length > 0) await collections.active_conversations.collection.bulkWrite(active, { session });
  if (paused.length > 0) await collections.paused_conversations.collection.bulkWrite(paused, { session });
  if (listed.length > 0) await collections.listed_conversations.collection.bulkWrite(listed, { session });
  for (const [name, operations] of projections)
    await collections[name].collection.bulkWrite(operations, { session });
  await writeSpending(collections, tenantId, batch.spending, session);
  await markLateWrites(batch, tenantId, collections, session);
  await writeStanding(batch, collections, tenantId, session);
  for (const message of [...batch.redactedMessages, ...batch.earlierRedactions])
    await blankMessage(collections, tenantId, message, session);
  await writeContacts(batch.contacts, collections, session);
  const audited = batch.audited.map((one) => auditedDocument(collections, tenantId, one));
  await insertAll(collections.audit.collection, audited, session);
  const at = timestamp(collections.clock.now());
  const keys = batch.keyedOutcomes.map(({ request, outcome }) =>
    collections.idempotency.encode(idempotencyRecord(request, outcome, at)),
  );
  await insertAll(collections.idempotency.collection, keys, session);
}

function auditedDocument(
  collections: Collections,
  tenantId: TenantId,
  { request, action }: AuditedCommand,
): Document {
  const { by = OPERATOR, command, conversationId: target, actor, isForAnother = false } = request;
  const details = { command: command.type, ...(isForAnother && { agentId: actor.agentId ?? null }) };
  return auditDocument(collections, { tenantId, action, by, target, details });
}

type Change = { filter: TenantFilter; update: { $set: Document; $unset?: Document } };

/** The fields that differ, whole: a conversation has each of its fields at any time. */
function changeOf(
  options: CommitOptions,
  tenantId: TenantId,
  before: Conversation,
  after: Conversation,
): Change {
  const was: Document = before;
  const is: Document = after;
  const changed: Document = {};
  // Most fields are the very same: nothing but what has changed is compared in depth, or encoded.
  for (const field in is) {
    if (was[field] === is[field]) continue;
    if (typeof is[field] !== 'object' || !isDeepStrictEqual(was[field], is[field]))
      changed[field] = is[field];
  }
  if (LIST_FIELDS.some((field) => field in changed)) changed['listedUnder'] = listsOf(after);
  const $set = options.collections.conversations.encodePart(changed);
  const gone = Object.keys(was).filter((field) => is[field] === undefined && was[field] !== undefined);
  const update =
    gone.length === 0 ? { $set } : { $set, $unset: Object.fromEntries(gone.map((field) => [field, ''])) };
  return { filter: filterOfConversation(options, tenantId, after.id), update };
}

/**
 * Updates documents, by their `_id` alone where nothing is sharded: mongod has a fast path for that, several times
 * cheaper than another filter. A conversation that has changed since it was read is detected by the duplicate `seq` of its entries.
 * @throws StaleRead where one is gone
 */
async function updateAll(
  collection: TenantCollection,
  changes: readonly Change[],
  session: ClientSession,
): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  const { matchedCount } =
    changes.length === 1
      ? await collection.updateOne(first.filter, first.update, { session })
      : await collection.bulkWrite(
          changes.map((change) => ({ updateOne: change })),
          { session },
        );
  if (matchedCount !== changes.length) throw new StaleRead('A conversation is gone since it was read');
}

/** `insertOne` is cheaper than `insertMany` of one document. */
async function insertAll(
  collection: TenantCollection,
  documents: Document[],
  session: ClientSession,
): Promise<void> {
  const [first] = documents;
  if (first === undefined) return;
  if (documents.length === 1) await collection.insertOne(first, { session });
  else await collection.insertMany(documents, { session });
}

/**
 * Marks each agent of limited capacity that was given an active conversation. Its load was counted in this transaction's
 * snapshot, so of two transactions that give at once one finds the mark changed, and counts again.
 */
async function markAssignedAgents(
  batch: BatchState,
  tenantId: TenantId,
  { agents }: Collections,
  session: ClientSession,
): Promise<void> {
  for (const agentId of batch.assigned) {
    if (batch.agents.get(agentId)?.capacity == null) continue;
    await agents.collection.updateOne(byId({ tenantId, agentId }), { $inc: { assignments: 1 } }, { session });
  }
}

/** Keeps the document that allows a contact one active conversation on a channel. */
function activeConversationWrites(
  collections: Collections,
  tenantId: TenantId,
  before: Conversation | null,
  after: Conversation,
): TenantWrite[] {
  const was = before?.status === 'active';
  const is = after.status === 'active';
  if (was === is) return [];
  // An erasure replaces the contact's key as it ends the conversation.
  const { contactId, channel, id } = is ? after : (before ?? after);
  const document = collections.active_conversations.encode({
    _id: { tenantId, contactId, channel },
    conversationId: id,
  });
  if (is) return [{ insertOne: { document } }];
  return [{ deleteOne: { filter: { _id: document['_id'], conversationId: document['conversationId'] } } }];
}

/** Keeps the document by which the end of a pause is found. */
function pausedWrite(
  { paused_conversations: paused }: Collections,
  tenantId: TenantId,
  { id, pausedUntil }: Conversation,
): TenantWrite {
  const filter = { tenantId, _id: new ObjectId(id) };
  if (pausedUntil === undefined) return { deleteOne: { filter } };
  const replacement = paused.encode({ _id: id, tenantId, until: pausedUntil });
  return { replaceOne: { filter, replacement, upsert: true } };
}

/** Names the lists of a conversation that was changed in the past: all others are named once they are quiet. */
function listedWrite(
  { listed_conversations: listed }: Collections,
  tenantId: TenantId,
  conversation: Conversation,
): TenantWrite {
  const replacement = listed.encode(listedConversationOf(tenantId, conversation));
  return { replaceOne: { filter: { _id: replacement['_id'], tenantId }, replacement, upsert: true } };
}

/**
 * Names the conversations that were given entries of the past, or are not whole yet: figures find all others by when they
 * changed.
 */
async function markLateWrites(
  { entries, unfinished }: BatchState,
  tenantId: TenantId,
  { late_writes: late, clock }: Collections,
  session: ClientSession,
): Promise<void> {
  const limit = timestamp(clock.now() - LATE_MS);
  // What is restored in pieces is marked by its first; the mark stays until it is whole.
  const marked = entries.filter(({ at, seq, conversationId }) =>
    unfinished.has(conversationId) ? seq === 1 : at < limit,
  );
  if (marked.length === 0) return;
  const conversationIds = [...new Set(marked.map(({ conversationId }) => conversationId))];
  const _id = newObjectId(clock).toHexString();
  await late.collection.insertOne(late.encode({ _id, tenantId, conversationIds }), { session });
}

function idempotencyRecord(
  { tenantId, key, conversationId }: CommandRequest,
  outcome: Outcome,
  at: Timestamp,
): WireDocument<'idempotency'> {
  if (key === null) throw new Error('Only a keyed command is remembered');
  return {
    _id: { tenantId, key: key.idempotencyKey },
    hash: key.hash,
    conversationId,
    version: outcome.conversation.version,
    created: key.created,
    at,
  };
}
