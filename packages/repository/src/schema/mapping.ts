import type { Conversation, Entry, TenantId } from '@baton/schema';
import type { WireDocument } from './collections.ts';
import { listsOf } from './conversation-lists.ts';

/** A conversation as callers see it. */
export function conversationOf({
  _id,
  tenantId: _tenant,
  listedUnder: _lists,
  ...rest
}: WireDocument<'conversations'>): Conversation {
  return { id: _id, ...rest };
}

/**
 * A conversation as it is kept. What each write looks up comes first: mongod finds a field by passing those before
 * it, several times for each word of the validator.
 */
export function conversationToDocument(
  tenantId: TenantId,
  conversation: Conversation,
): WireDocument<'conversations'> {
  const { id, lastSeq, version, handoffCount, activeObjections, ...rest } = conversation;
  const counters = { lastSeq, version, handoffCount, activeObjections };
  return { _id: id, tenantId, ...counters, listedUnder: listsOf(conversation), ...rest };
}

/** An entry as callers see it. */
export function entryOf({ _id, tenantId: _tenant, ...stored }: WireDocument<'timeline'>): Entry {
  if (stored.kind === 'created') return stored;
  const { channel: _channel, ...entry } = stored;
  return entry;
}
