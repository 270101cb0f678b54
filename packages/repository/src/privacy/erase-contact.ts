import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '@baton/domain';
import {
  type AuditActor,
  type EraseContact,
  type Erasure,
  type ErasureCounts,
  ErasureId,
  type OfContact,
  type TenantId,
  timestamp,
} from '@baton/schema';
import { type ClientSession, ObjectId } from 'mongodb';
import { appendAudit } from '../audit/append.ts';
import { newObjectId } from '../clock/clock.ts';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { idsOfPerson } from '../read/merged-contacts.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { countOfContact, ofContact } from './contact-conversations.ts';
import { newPseudonym, PSEUDONYM } from './pseudonym.ts';

export type ErasureRecord = WireDocument<'erasures'>;

export function erasureOf(record: ErasureRecord): Erasure {
  const { _id: id, pseudonym, counts, by, startedAt, finishedAt } = record;
  return {
    id,
    state: finishedAt === null ? 'running' : 'done',
    pseudonym,
    counts,
    by,
    startedAt,
    finishedAt,
  };
}

/** What an erasure of the contact would erase, those who were merged into it or into whom it was merged included. */
export async function previewErasure(
  collections: Collections,
  tenantId: TenantId,
  { contactId }: OfContact,
): Promise<ErasureCounts> {
  return countOfContact(collections, tenantId, await idsOfPerson(collections, tenantId, contactId));
}

/**
 * Begins to erase a contact, or finds the erasure that is under way. Nothing of the contact is kept under the key of a retry
 * either: of its id there only stands a slow hash that no other key has.
 * @throws Refusal NOT_FOUND where nothing is kept of the contact; IDEMPOTENCY_MISMATCH
 */
export async function beginErasure(
  collections: Collections,
  tenantId: TenantId,
  { contactId, idempotencyKey }: EraseContact,
  by: AuditActor,
): Promise<Erasure> {
  const contact = idempotencyKey && (await slowHash(contactId, `${tenantId}/${idempotencyKey}`));
  const input = { idempotencyKey, contact };
  const begin = (session: ClientSession) => findOrInsert(collections, tenantId, contactId, by, session);
  const { id } = await idempotentInTransaction(collections, tenantId, 'privacy.eraseContact', input, begin);
  return readErasure(collections, tenantId, id);
}

/** Some 50 ms each: to find out a phone number by trying them all takes years, and the key is forgotten after two days. */
async function slowHash(contactId: string, salt: string): Promise<string> {
  // Overloads hide the type of the result.
  const hash = (await promisify(scrypt)(contactId, salt, 16)) as Buffer;
  return hash.toString('base64url');
}

async function findOrInsert(
  collections: Collections,
  tenantId: TenantId,
  given: string,
  by: AuditActor,
  session: ClientSession,
): Promise<{ id: ErasureId }> {
  const { contacts, erasures, clock } = collections;
  const ids = await idsOfPerson(collections, tenantId, given, session);
  const [contactId = given] = ids;
  const running = await erasures.collection.findOne(
    { tenantId, contactId },
    { maxTimeMS: READ_TIMEOUT_MS, session },
  );
  if (running !== null) return { id: erasures.decode(running)._id };
  const counts = await countOfContact(collections, tenantId, ids);
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
  // A merge writes the contact, too, so that neither is committed beside the other.
  await contacts.collection.updateOne(
    byId({ tenantId, contactId }),
    { $set: { details: {} } },
    { session, bypassDocumentValidation: true },
  );
  await erasures.collection.insertOne(erasures.encode(record), { session });
  const { _id: target, pseudonym } = record;
  const details = { pseudonym, conversations: counts.conversations };
  await appendAudit(collections, { tenantId, action: 'privacy.eraseContact', by, target, details }, session);
  return { id: record._id };
}

/** Whether a key stands for nobody: what is kept under it was erased already, and could never be again. */
async function isPseudonym(
  { conversations }: Collections,
  tenantId: TenantId,
  contactId: string,
  session: ClientSession,
): Promise<boolean> {
  if (!PSEUDONYM.test(contactId)) return false;
  const filter = { ...ofContact(tenantId, contactId), erasedAt: { $exists: true } };
  const options = { session, projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS };
  return (await conversations.collection.findOne(filter, options)) !== null;
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
