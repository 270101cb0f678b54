import {
  type Handoff,
  HandoffStatus,
  type ListHandoffs,
  type Page,
  type ListPendingHandoffs,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import { queuesOf } from './agent.ts';
import { pageOfConversation } from './conversation.ts';
import { listByInstant } from './instant-list.ts';
import type { InstantPosition } from './page.ts';

const NEWEST = { field: 'requestedAt', direction: -1 } as const;

export function handoffOf({
  _id,
  tenantId: _tenant,
  channel: _channel,
  ...rest
}: WireDocument<'handoffs'>): Handoff {
  return { id: _id, ...rest };
}

const itemMapping = {
  fromDocument: handoffOf,
  positionOf: ({ requestedAt, id }: Handoff): InstantPosition => [requestedAt, id],
};

/**
 * The newest first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListHandoffs,
): Promise<Page<Handoff>> {
  const { conversationId, status } = input;
  const listing = { tenantId, procedure: 'handoffs.list', input };
  if (conversationId !== undefined) {
    const filter = { tenantId, conversationId: new ObjectId(conversationId), ...(status && { status }) };
    const order = { ...NEWEST, filter, index: 'by_conversation' };
    const page = listByInstant(collections.handoffs, listing, order, itemMapping);
    return pageOfConversation(collections, tenantId, conversationId, page);
  }
  const filter = { tenantId, status: status ?? { $in: HandoffStatus.options } };
  return listByInstant(collections.handoffs, listing, { ...NEWEST, filter, index: 'by_status' }, itemMapping);
}

/**
 * What waits for an answer, the newest first; with an agent, what it may accept, for its queues too.
 * @throws Refusal INVALID_CURSOR
 */
async function pending(
  collections: Collections,
  tenantId: TenantId,
  input: ListPendingHandoffs,
): Promise<Page<Handoff>> {
  const { agentId } = input;
  const listing = { tenantId, procedure: 'handoffs.pending', input };
  const filter = { tenantId, status: 'pending' };
  if (agentId === undefined) {
    return listByInstant(
      collections.handoffs,
      listing,
      { ...NEWEST, filter, index: 'by_status' },
      itemMapping,
    );
  }
  const to = { $in: [agentId, ...(await queuesOf(collections, tenantId, agentId))] };
  const order = { ...NEWEST, filter: { ...filter, to }, index: 'pending_by_agent' };
  return listByInstant(collections.handoffs, listing, order, itemMapping);
}

export const handoffQueries = { list, pending };
