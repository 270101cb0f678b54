import {
  type FollowUp,
  FollowUpStatus,
  type ListDueFollowUps,
  type ListFollowUps,
  type Page,
  type TenantId,
} from '@baton/schema';
import { ObjectId } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import { dateOfInstant } from '../schema/instant.ts';
import type { Collections } from '../schema/open-collections.ts';
import { pageOfConversation } from './conversation.ts';
import { listByInstant } from './instant-list.ts';
import type { InstantPosition } from './page.ts';

const FIRST_DUE = { field: 'dueAt', direction: 1 } as const;

export function followUpOf({
  _id,
  tenantId: _tenant,
  channel: _channel,
  lease: _lease,
  ...rest
}: WireDocument<'follow_ups'>): FollowUp {
  return { id: _id, ...rest };
}

const itemMapping = {
  fromDocument: followUpOf,
  positionOf: ({ dueAt, id }: FollowUp): InstantPosition => [dueAt, id],
};

/**
 * The open follow-ups that are due by `before` (now, unless given), the longest due first.
 * @throws Refusal INVALID_CURSOR
 */
async function listDue(
  collections: Collections,
  tenantId: TenantId,
  input: ListDueFollowUps,
): Promise<Page<FollowUp>> {
  const { before, assignee } = input;
  const listing = { tenantId, procedure: 'followUps.listDue', input };
  const dueAt = { $lte: before === undefined ? new Date(collections.clock.now()) : dateOfInstant(before) };
  const filter = { tenantId, status: 'open', dueAt, ...(assignee && { assignee }) };
  const index = assignee === undefined ? 'by_status' : 'by_assignee';
  return listByInstant(collections.follow_ups, listing, { ...FIRST_DUE, filter, index }, itemMapping);
}

/**
 * By their due instant, the first due first.
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListFollowUps,
): Promise<Page<FollowUp>> {
  const { conversationId, status, assignee } = input;
  const listing = { tenantId, procedure: 'followUps.list', input };
  if (conversationId !== undefined) {
    const filter = {
      tenantId,
      conversationId: new ObjectId(conversationId),
      ...(status && { status }),
      ...(assignee && { assignee }),
    };
    const order = { ...FIRST_DUE, filter, index: 'by_conversation' };
    const page = listByInstant(collections.follow_ups, listing, order, itemMapping);
    return pageOfConversation(collections, tenantId, conversationId, page);
  }
  const filter = {
    tenantId,
    status: status ?? { $in: FollowUpStatus.options },
    ...(assignee && { assignee }),
  };
  const index = assignee === undefined ? 'by_status' : 'by_assignee';
  return listByInstant(collections.follow_ups, listing, { ...FIRST_DUE, filter, index }, itemMapping);
}

export const followUpQueries = { listDue, list };
