import { Channel, type ConversationStatus, type RetentionPreview, type TenantId } from '@baton/schema';
import type { Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { listName } from '../schema/conversation-lists.ts';
import { type Collections } from '../schema/open-collections.ts';
import { tenantRange } from '../read/tenant-range.ts';

const CLOSED: readonly ConversationStatus[] = ['completed', 'abandoned'];

/** Each closed conversation of a tenant is in exactly one of these lists, where they stand by their latest change. */
export const CLOSED_LISTS = Channel.options.flatMap((channel) =>
  CLOSED.map((status) => ({ listedUnder: listName.channel(channel), status })),
);

/** Where a look through the lists of closed conversations has come to. */
export type ListPlace = { list: number; last: { updatedAt: Date; id: ObjectId } | null };

export const FIRST_PLACE: ListPlace = { list: 0, last: null };

/** What is read of a conversation to know whether it may go. */
const FIELDS = {
  version: 1,
  contactId: 1,
  status: 1,
  updatedAt: 1,
  nextFollowUpAt: 1,
  erasedAt: 1,
  'pendingHandoff.id': 1,
};

type Period = { from?: Date | undefined; to: Date };

/**
 * The next closed conversations that changed last in a period, the longest ago first, a list after the other.
 * @returns them, and the place behind them; null behind the last list
 */
export async function readClosed(
  { conversations }: Collections,
  tenantId: TenantId,
  { from, to }: Period,
  place: ListPlace,
  limit: number,
): Promise<{ found: Document[]; next: ListPlace | null }> {
  const list = CLOSED_LISTS[place.list];
  if (list === undefined) return { found: [], next: null };
  const { last } = place;
  const behind = last && [
    { updatedAt: { $gt: last.updatedAt } },
    { updatedAt: last.updatedAt, _id: { $gt: last.id } },
  ];
  const found = await conversations.collection
    .find(
      {
        tenantId,
        ...list,
        updatedAt: { $gte: last?.updatedAt ?? from ?? new Date(0), $lt: to },
        ...(behind && { $or: behind }),
      },
      { projection: FIELDS, hint: 'by_list', maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ updatedAt: 1, _id: 1 })
    .limit(limit)
    .toArray();
  const end = found.at(-1);
  if (found.length === limit && end !== undefined) return { found, next: placeBehind(place.list, end) };
  const following = place.list + 1;
  return { found, next: following < CLOSED_LISTS.length ? { list: following, last: null } : null };
}

export function placeBehind(list: number, { updatedAt, _id }: Document): ListPlace {
  return { list, last: { updatedAt, id: _id } };
}

/** Whether a conversation is closed, has nothing open, and has not changed since an instant. */
export function isPast(conversation: Document, before: Date): boolean {
  const { status, updatedAt, erasedAt, nextFollowUpAt, pendingHandoff } = conversation;
  return (
    CLOSED.includes(status) &&
    updatedAt < before &&
    erasedAt == null &&
    nextFollowUpAt == null &&
    pendingHandoff == null
  );
}

/**
 * The contacts behind a key that have not changed since an instant, and of whom every conversation is past the limit, or gone.
 * @param after a contact's key, to begin behind it
 * @returns their keys, and the key behind which to go on; null behind the last
 */
export async function readQuietContacts(
  { contacts, conversations }: Collections,
  tenantId: TenantId,
  before: Date,
  after: string | undefined,
  limit: number,
): Promise<{ quiet: string[]; next: string | null }> {
  const options = { maxTimeMS: READ_TIMEOUT_MS };
  const found = await contacts.collection
    .find(tenantRange(tenantId, 'contactId', after), { ...options, projection: { updatedAt: 1 } })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray();
  const keyOf = ({ _id }: Document): string => _id.contactId;
  const next = found.length < limit ? null : keyOf(found.at(-1) ?? {});
  const old = new Set(found.filter(({ updatedAt }) => updatedAt < before).map(keyOf));
  if (old.size === 0) return { quiet: [], next };
  const listedUnder = { $in: [...old].map((key) => listName.contact(key)) };
  const theirs = conversations.collection.find({ tenantId, listedUnder }, { ...options, projection: FIELDS });
  for await (const conversation of theirs)
    if (!isPast(conversation, before)) old.delete(conversation['contactId']);
  return { quiet: [...old], next };
}

/** How many are looked at in one query. */
const COUNTED_TOGETHER = 1_000;

/** Counts what is past a limit, for `budgetMs` at most. */
export async function countPast(
  collections: Collections,
  tenantId: TenantId,
  before: string,
  budgetMs: number,
): Promise<RetentionPreview> {
  const until = performance.now() + budgetMs;
  const to = new Date(before);
  let conversations = 0;
  let contacts = 0;
  for (let place: ListPlace | null = FIRST_PLACE; place !== null;) {
    if (performance.now() > until) return { before, conversations, contacts, complete: false };
    const { found, next } = await readClosed(collections, tenantId, { to }, place, COUNTED_TOGETHER);
    conversations += found.filter((one) => isPast(one, to)).length;
    place = next;
  }
  for (let after: string | null | undefined; after !== null;) {
    if (performance.now() > until) return { before, conversations, contacts, complete: false };
    const { quiet, next } = await readQuietContacts(collections, tenantId, to, after, COUNTED_TOGETHER);
    contacts += quiet.length;
    after = next;
  }
  return { before, conversations, contacts, complete: true };
}
