import {
  ConversationId,
  type ConversationStatus,
  type TenantId,
  type Timestamp,
  timestamp,
} from '@baton/schema';
import type { Document } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { listName } from '../schema/conversation-lists.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

/** A conversation that its contact comes back to; `reopenSince` where it is closed. */
export type Returning = { conversationId: ConversationId; reopenSince?: Timestamp };

/**
 * The conversation that goes on where its contact writes again on a channel: the latest that is paused, or that closed
 * less than the tenant's `reopenWithinMs` ago. Null where there is none.
 */
export async function findReturning(
  collections: Collections,
  tenantId: TenantId,
  place: { contactId: string; channel: string },
): Promise<Returning | null> {
  const options = { projection: { reopenWithinMs: 1 }, maxTimeMS: READ_TIMEOUT_MS };
  const [paused, tenant] = await Promise.all([
    latest(collections, tenantId, place, ['paused', 'scheduled']),
    collections.tenants.collection.findOne(byId(tenantId), options),
    collections.clock.ready(),
  ]);
  if (paused !== null) return { conversationId: paused };
  const reopenWithinMs: unknown = tenant?.['reopenWithinMs'];
  if (typeof reopenWithinMs !== 'number') return null;
  const since = new Date(collections.clock.now() - reopenWithinMs);
  const closed = await latest(collections, tenantId, place, ['completed', 'abandoned'], {
    updatedAt: { $gte: since },
    closedAt: { $gte: since },
  });
  return closed && { conversationId: closed, reopenSince: timestamp(since.getTime()) };
}

async function latest(
  { conversations }: Collections,
  tenantId: TenantId,
  { contactId, channel }: { contactId: string; channel: string },
  statuses: readonly ConversationStatus[],
  closed: Document = {},
): Promise<ConversationId | null> {
  const found = await conversations.collection.findOne(
    { tenantId, listedUnder: listName.contact(contactId), status: { $in: statuses }, channel, ...closed },
    { projection: { _id: 1 }, sort: { updatedAt: -1, _id: -1 }, hint: 'by_list', maxTimeMS: READ_TIMEOUT_MS },
  );
  return found && ConversationId.parse(found._id.toHexString());
}
