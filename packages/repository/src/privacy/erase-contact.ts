import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from '@baton/domain';
import {
  type Actor,
  type AuditActor,
  Channel,
  type ConversationId,
  type EraseContact,
  type Erasure,
  type ErasureCounts,
  ErasureId,
  type OfContact,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, type Document, ObjectId } from 'mongodb';
import { appendAudit } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { unlessHeld, withLease } from '../maintenance/leases.ts';
import { tenantRange } from '../read/tenant-range.ts';
import type { WireDocument } from '../schema/collections.ts';
import { byId, byIds, type Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { conversationIdsOf, countOfContact, ofContact } from './contact-conversations.ts';
import { type Eraser, markErased, removeWords } from './erase-conversation.ts';

/** How long a process that died in the middle keeps others from going on, in milliseconds. */
const LEASE_MS = 10_000;
/** How many conversations are marked before it is looked for more. */
const STEP = 50;
const KEYS_STEP = 1_000;
/** How many erasures go on side by side. */
const RUN_TOGETHER = 8;

type ErasureRecord = WireDocument<'erasures'>;

export function erasureOf({ _id, tenantId: _t, contactId: _c, ...record }: ErasureRecord): Erasure {
  return { id: _id, state: record.finishedAt === null ? 'running' : 'done', ...record };
}

/** What an erasure of the contact would erase. */
export function previewErasure(
  collections: Collections,
  tenantId: TenantId,
  { contactId }: OfContact,
): Promise<ErasureCounts> {
  return countOfContact(collections, tenantId, contactId);
}

/**
 * Begins to erase a contact, or finds the erasure that is under way. Nothing of the contact is kept under the key of a retry
 * either: of its id there only stands a hash too short to tell whose it is.
 * @throws Refusal NOT_FOUND where nothing is kept of the contact; IDEMPOTENCY_MISMATCH
 */
export async function beginErasure(
  collections: Collections,
  tenantId: TenantId,
  { contactId, idempotencyKey }: EraseContact,
  by: AuditActor,
): Promise<Erasure> {
  const input = { idempotencyKey, contact: shortHash(contactId) };
  const begin = (session: ClientSession) => findOrInsert(collections, tenantId, contactId, by, session);
  const { id } = await idempotentInTransaction(collections, tenantId, 'privacy.eraseContact', input, begin);
  return readErasure(collections, tenantId, id);
}

/** 12 bits: enough to tell two inputs apart, too few to find out a contact by trying. */
function shortHash(contactId: string): string {
  return createHash('sha256').update(contactId).digest('base64url').slice(0, 2);
}

async function findOrInsert(
  collections: Collections,
  tenantId: TenantId,
  contactId: string,
  by: AuditActor,
  session: ClientSession,
): Promise<{ id: ErasureId }> {
  const { erasures, clock } = collections;
  const running = await erasures.collection.findOne(
    { tenantId, contactId },
    { maxTimeMS: READ_TIMEOUT_MS, session },
  );
  if (running !== null) return { id: erasures.decode(running)._id };
  const counts = await countOfContact(collections, tenantId, contactId);
  const isKept = counts.contacts + counts.conversations > 0;
  if (!isKept || (await isPseudonym(collections, tenantId, contactId, session)))
    throw new Refusal('NOT_FOUND', 'Nothing is kept about this contact');
  const record: ErasureRecord = {
    _id: ErasureId.parse(newObjectId(clock).toHexString()),
    tenantId,
    contactId,
    pseudonym: newPseudonym(),
    counts,
    by,
    startedAt: timestamp(clock.now()),
    finishedAt: null,
  };
  await erasures.collection.insertOne(erasures.encode(record), { session });
  const { _id: target, pseudonym } = record;
  const details = { pseudonym, conversations: counts.conversations };
  await appendAudit(collections, { tenantId, action: 'privacy.eraseContact', by, target, details }, session);
  return { id: record._id };
}

/** Whether a key stands for nobody: what is kept under it was erased already, and could never be again. */
async function isPseudonym(
  { erasures }: Collections,
  tenantId: TenantId,
  contactId: string,
  session: ClientSession,
): Promise<boolean> {
  if (!PSEUDONYM.test(contactId)) return false;
  const filter = { tenantId, pseudonym: contactId };
  const options = { session, hint: 'by_tenant', projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS };
  return (await erasures.collection.findOne(filter, options)) !== null;
}

const PSEUDONYM = /^erased-[0-9a-f]{16}$/;

/** A key for nobody: random, so that nothing leads back from it. */
export function newPseudonym(): string {
  return `erased-${randomBytes(8).toString('hex')}`;
}

/** @throws Refusal NOT_FOUND */
export async function readErasure(
  { erasures }: Collections,
  tenantId: TenantId,
  id: ErasureId,
): Promise<Erasure> {
  const document = await erasures.collection.findOne(
    { tenantId, _id: new ObjectId(id) },
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  if (document === null) throw new Refusal('NOT_FOUND', 'No such erasure');
  return erasureOf(erasures.decode(document));
}

/**
 * Goes on with erasures that were begun, each by one process at a time, until they are done or the time is over.
 * @param id of one of them; all without it
 * @param forMs how long a new step may begin
 * @returns how many came to their end
 * @throws what went wrong with one, once it has gone on with the others; of several an AggregateError
 */
export async function runErasures(
  eraser: Eraser,
  forMs: number,
  { tenantId, id }: { tenantId?: TenantId; id?: ErasureId } = {},
): Promise<number> {
  const { erasures, db } = eraser.collections;
  const deadline = performance.now() + forMs;
  const running = await erasures.collection
    .find(
      { contactId: { $exists: true }, ...(tenantId && { tenantId }), ...(id && { _id: new ObjectId(id) }) },
      { hint: 'running', maxTimeMS: READ_TIMEOUT_MS, limit: RUN_TOGETHER },
    )
    .toArray();
  const outcomes = await Promise.allSettled(
    running.map(async (document) => {
      const record = erasures.decode(document);
      const erase = withLease(db, `erasure/${record._id}`, { leaseMs: LEASE_MS }, (signal) =>
        eraseContact(eraser, record, () => signal.aborted || performance.now() > deadline),
      );
      return unlessHeld(erase, false);
    }),
  );
  const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (faults.length === 1) throw faults[0];
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} erasures did not go on`);
  return outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length;
}

/**
 * Erases a contact, from whatever it had come to.
 * @returns whether it is done
 */
async function eraseContact(eraser: Eraser, record: ErasureRecord, isOver: () => boolean): Promise<boolean> {
  const { collections } = eraser;
  const { tenantId, contactId, pseudonym, by } = record;
  if (contactId === undefined) return true;
  const actor: Actor = by.agentId === null ? { kind: 'system' } : { kind: 'agent', agentId: by.agentId };
  await blankContact(collections, tenantId, contactId);
  for (;;) {
    const ids = await conversationIdsOf(collections, tenantId, contactId, STEP);
    for (const conversationId of ids) {
      if (isOver()) return false;
      await markErased(eraser, { tenantId, conversationId }, pseudonym, actor);
    }
    // What is written for the contact meanwhile is found here, or not committed before the contact is gone.
    if (ids.length === 0 && (await deleteContact(collections, tenantId, contactId))) break;
  }
  // What other processes still write of them, they look at again themselves.
  await eraser.drain();
  const erased = await conversationIdsOf(collections, tenantId, pseudonym);
  for (const conversationId of erased) {
    if (isOver()) return false;
    await removeWords(collections, { tenantId, conversationId });
  }
  if (!(await forgetKeys(collections, tenantId, new Set(erased), isOver))) return false;
  await finish(collections, record);
  return true;
}

async function blankContact({ contacts }: Collections, tenantId: TenantId, contactId: string): Promise<void> {
  await contacts.collection.updateOne(
    byId({ tenantId, contactId }),
    { $set: { details: {} } },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}

/**
 * Whoever begins a conversation with the contact writes one of the documents that are written here, too, so that the two
 * cannot be committed beside each other.
 * @returns false where the contact has a conversation again
 */
async function deleteContact(
  { contacts, conversations, active_conversations: active, db }: Collections,
  tenantId: TenantId,
  contactId: string,
): Promise<boolean> {
  const options = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } } as const;
  return db.client.withSession((session) =>
    session.withTransaction(async () => {
      const found = await conversations.collection.findOne(ofContact(tenantId, contactId), {
        projection: { _id: 1 },
        session,
        maxTimeMS: READ_TIMEOUT_MS,
      });
      if (found !== null) return false;
      for (const channel of Channel.options) {
        const { _id } = active.encodePart({ _id: { tenantId, contactId, channel } });
        const conversationId = new ObjectId();
        await active.collection.updateOne({ _id }, { $set: { conversationId } }, { session, upsert: true });
        await active.collection.deleteOne({ _id }, { session });
      }
      await contacts.collection.deleteOne(byId({ tenantId, contactId }), { session });
      return true;
    }, options),
  );
}

/**
 * Forgets under which keys commands of conversations were sent: a key is the caller's, and may say who it was about.
 * @returns false where the time was over before
 */
async function forgetKeys(
  { idempotency }: Collections,
  tenantId: TenantId,
  conversations: ReadonlySet<ConversationId>,
  isOver: () => boolean,
): Promise<boolean> {
  if (conversations.size === 0) return true;
  let after: string | undefined;
  for (;;) {
    if (isOver()) return false;
    const records: Document[] = await idempotency.collection
      .find(tenantRange(tenantId, 'key', after), {
        projection: { conversationId: 1 },
        maxTimeMS: READ_TIMEOUT_MS,
      })
      .sort({ _id: 1 })
      .limit(KEYS_STEP)
      .toArray();
    const ofThem = records.filter(({ conversationId }) => isAmong(conversations, conversationId));
    if (ofThem.length > 0)
      await idempotency.collection.deleteMany(byIds(ofThem.map(({ _id }) => _id)), {
        maxTimeMS: WRITE_TIMEOUT_MS,
      });
    after = records.at(-1)?.['_id'].key;
    if (records.length < KEYS_STEP) return true;
  }
}

function isAmong(ids: ReadonlySet<string>, id: unknown): boolean {
  return id instanceof ObjectId && ids.has(id.toHexString());
}

/** The contact's key leaves the record last: with it goes the only place from which the erasure could go on. */
async function finish(
  collections: Collections,
  { _id, tenantId, pseudonym, counts }: ErasureRecord,
): Promise<void> {
  const { erasures, clock } = collections;
  const { contacts, refusedMessages } = counts;
  const erased = await countOfContact(collections, tenantId, pseudonym);
  await erasures.collection.updateOne(
    { _id: new ObjectId(_id), tenantId },
    {
      $set: {
        counts: { ...erased, contacts, refusedMessages },
        finishedAt: new Date(timestamp(clock.now())),
      },
      $unset: { contactId: '' },
    },
    { maxTimeMS: WRITE_TIMEOUT_MS },
  );
}
