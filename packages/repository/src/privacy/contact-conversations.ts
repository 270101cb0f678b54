import { ConversationId, ConversationStatus, type ErasureCounts, type TenantId } from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { REFUSAL_COLLECTIONS } from '../schema/collections.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byIds, type Collections } from '../schema/open-collections.ts';
import type { OfTenant, TenantFilter } from '../schema/tenant-collection.ts';

/** The conversations of a contact, or of several, as the index of lists finds them. */
export function ofContact(tenantId: TenantId, contactIds: string | readonly string[]): OfTenant {
  return {
    tenantId,
    listedUnder: { $in: [contactIds].flat().map((contactId) => listName.contact(contactId)) },
    status: { $in: ConversationStatus.options },
  };
}

/** The ids of a contact's conversations, `limit` of them at most, without those of `except`. */
export async function conversationIdsOf(
  { conversations }: Collections,
  tenantId: TenantId,
  contactIds: string | readonly string[],
  { limit = 0, except = [] }: { limit?: number; except?: readonly ConversationId[] } = {},
): Promise<ConversationId[]> {
  const documents = await conversations.collection
    .find(
      {
        ...ofContact(tenantId, contactIds),
        ...(except.length > 0 && { _id: { $nin: except.map((id) => new ObjectId(id)) } }),
      },
      { projection: { _id: 1 }, maxTimeMS: READ_TIMEOUT_MS, limit },
    )
    .toArray();
  return documents.map(({ _id }) => ConversationId.parse(_id.toHexString()));
}

/** How many conversations are counted in one query. */
const COUNTED_TOGETHER = 500;

/** How much there is of a contact, by kind. */
export async function countOfContact(
  collections: Collections,
  tenantId: TenantId,
  contactIds: string | readonly string[],
): Promise<ErasureCounts> {
  const { conversations, contacts, handoffs, objections, follow_ups: followUps } = collections;
  const counts: ErasureCounts = {
    contacts: await contacts.collection.countDocuments(
      byIds([contactIds].flat().map((contactId) => ({ tenantId, contactId }))),
    ),
    conversations: 0,
    entries: 0,
    messages: 0,
    handoffs: 0,
    objections: 0,
    followUps: 0,
    answers: 0,
    deals: 0,
    refusedMessages: 0,
  };
  const found = conversations.collection.find(ofContact(tenantId, contactIds), {
    projection: { lastSeq: 1, 'metrics.messages': 1, 'deal.discountPercent': 1 },
    maxTimeMS: READ_TIMEOUT_MS,
  });
  let ids: ObjectId[] = [];
  const countOthers = async () => {
    const filter = { tenantId, conversationId: { $in: ids } };
    const options = { maxTimeMS: READ_TIMEOUT_MS };
    counts.handoffs += await handoffs.collection.countDocuments(filter, options);
    counts.objections += await objections.collection.countDocuments(filter, options);
    counts.followUps += await followUps.collection.countDocuments(filter, options);
    counts.answers += await collections.qualification_answers.collection.countDocuments(filter, options);
    counts.refusedMessages += await countRefused(collections, tenantId, ids);
    ids = [];
  };
  for await (const { _id, lastSeq, metrics, deal } of found) {
    counts.conversations += 1;
    // Of one that cannot be read.
    counts.entries += Number.isSafeInteger(lastSeq) ? lastSeq : 0;
    counts.messages += Number.isSafeInteger(metrics?.messages) ? metrics.messages : 0;
    counts.deals += deal == null ? 0 : 1;
    if (ids.push(_id) === COUNTED_TOGETHER) await countOthers();
  }
  if (ids.length > 0) await countOthers();
  return counts;
}

async function countRefused(
  collections: Collections,
  tenantId: TenantId,
  ids: readonly ObjectId[],
): Promise<number> {
  let count = 0;
  for (const name of REFUSAL_COLLECTIONS) {
    const documents = await collections[name].collection
      .find<Document>(refusalsOf(tenantId, ids), {
        projection: { 'messages.afterSeq': 1 },
        maxTimeMS: READ_TIMEOUT_MS,
      })
      .toArray();
    for (const { messages } of documents) if (Array.isArray(messages)) count += messages.length;
  }
  return count;
}

/** The refused messages of conversations. */
export function refusalsOf(tenantId: TenantId, ids: readonly ObjectId[]): TenantFilter {
  return byIds(ids.map((conversationId) => ({ tenantId, conversationId })));
}
