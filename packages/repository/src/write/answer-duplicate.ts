import { Refusal } from '@baton/domain';
import type { Channel, ContactId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { presentContactId } from '../read/merged-contacts.ts';
import { entryOf } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { isRestore, type WriteRequest } from './batch.ts';
import { duplicateOf, IdTaken } from './commit-error.ts';
import type { FirstResult } from './history.ts';
import { findSaidMessages, firstResultOfKey, firstResultOfMessages } from './replay.ts';

/** The collections whose `_id`s commands and archives choose. They are unique among all tenants. */
const CHOSEN_IDS: ReadonlySet<string | undefined> = new Set([
  'conversations',
  'handoffs',
  'objections',
  'follow_ups',
]);

/**
 * What is answered where a unique key of a write is taken: the first result of a retry. Null where another commit was
 * quicker, which a fresh read will see.
 * @throws Refusal ALREADY_ACTIVE, IDEMPOTENCY_MISMATCH
 * @throws Refusal INVALID_INPUT for a restore with two messages of one id
 * @throws IdTaken
 */
export async function answerDuplicate(
  collections: Collections,
  request: WriteRequest,
  duplicate: unknown,
  maxTimeMS: number,
): Promise<FirstResult | null> {
  const { tenantId, conversationId, key } = request;
  if (key !== null) {
    const found = await collections.idempotency.collection.findOne(
      byId({ tenantId, key: key.idempotencyKey }),
      { maxTimeMS },
    );
    if (found !== null) return firstResultOfKey(collections.idempotency.decode(found), key.hash);
  }
  if (!isRestore(request)) {
    const said = await findSaidMessages(collections, tenantId, [request]);
    const first = firstResultOfMessages(request, request.command, said.get(conversationId));
    if (first !== null) return first;
  }
  const { collection, index } = duplicateOf(duplicate);
  if (isRestore(request) && index === 'by_client_message') {
    const message = 'Two messages of the timeline have the same clientMessageId';
    throw new Refusal('INVALID_INPUT', message, { faults: [{ path: 'entries', message }] });
  }
  await requireNotActive(collections, request, maxTimeMS);
  if (index === '_id_' && CHOSEN_IDS.has(collection))
    await requireOwn(collections, request, collection, maxTimeMS);
  return null;
}

/** @throws IdTaken where an id belongs to what is none of the tenant's, or to another conversation's work */
async function requireOwn(
  { conversations }: Collections,
  { tenantId, conversationId }: WriteRequest,
  collection: string | undefined,
  maxTimeMS: number,
): Promise<void> {
  if (collection === 'conversations') {
    const filter = { tenantId, _id: new ObjectId(conversationId) };
    const own = await conversations.collection.findOne(filter, { projection: { _id: 1 }, maxTimeMS });
    if (own !== null) return;
  }
  throw new IdTaken(`An id of the command is taken in ${collection}`);
}

/** @throws Refusal ALREADY_ACTIVE where a contact would have a second active conversation on a channel */
async function requireNotActive(
  collections: Collections,
  request: WriteRequest,
  maxTimeMS: number,
): Promise<void> {
  const place = await contactChannelOf(collections, request, maxTimeMS);
  if (place === null) return;
  const { tenantId, conversationId } = request;
  const { contactId, channel } = place;
  const found = await collections.active_conversations.collection.findOne(
    byId({ tenantId, contactId, channel }),
    { maxTimeMS },
  );
  if (found === null) return;
  const active = collections.active_conversations.decode(found);
  if (active.conversationId === conversationId) return;
  throw new Refusal('ALREADY_ACTIVE', `This contact has an active conversation on ${channel}`, {
    conversationId: active.conversationId,
  });
}

/** Whose conversation it is, and where; null for one that does not exist. */
async function contactChannelOf(
  collections: Collections,
  { tenantId, conversationId, command }: WriteRequest,
  maxTimeMS: number,
): Promise<{ contactId: ContactId; channel: Channel } | null> {
  const { conversations, timeline } = collections;
  if (command.type === 'conversations.create') {
    const { contactId, channel } = command.input;
    return { contactId: await presentContactId(collections, tenantId, contactId), channel };
  }
  const id = new ObjectId(conversationId);
  if (command.type === 'conversations.restore') {
    const [first] = command.input.entries;
    if (first?.kind === 'created') return first;
    const created = await timeline.collection.findOne(
      { tenantId, conversationId: id, seq: 1 },
      { maxTimeMS },
    );
    const entry = created && entryOf(timeline.decode(created));
    return entry?.kind === 'created' ? entry : null;
  }
  const found = await conversations.collection.findOne(
    { tenantId, _id: id },
    { projection: { contactId: 1, channel: 1 }, maxTimeMS },
  );
  return found && { contactId: found['contactId'], channel: found['channel'] };
}
