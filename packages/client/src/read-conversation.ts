import type { AppRouter } from '@baton/router/api';
import {
  type ContactSummary,
  type Conversation,
  type ConversationId,
  type Entry,
  knownEntry,
} from '@baton/schema';
import type { TRPCClient } from '@trpc/client';

/** How many of a conversation's latest entries are read at first. */
export const FIRST_ENTRIES = 200;
/** Most that one call gives. */
const PAGE_LIMIT = 500;

/** A conversation as the server has it, with its latest entries. */
export type ConversationReading = {
  conversation: Conversation;
  /** Undefined from an older server. */
  contact: ContactSummary | null | undefined;
  entries: Entry[];
  hasEarlier: boolean;
};

/** @param first the entry to begin with; without it, the latest entries are read */
export async function readConversation(
  api: TRPCClient<AppRouter>,
  conversationId: ConversationId,
  first?: number,
): Promise<ConversationReading> {
  const { contact, ...conversation } = await api.conversations.get.query({ conversationId });
  const beforeSeq = conversation.lastSeq + 1;
  if (first === undefined) {
    const latest = { conversationId, beforeSeq, limit: FIRST_ENTRIES };
    const { items, more } = await api.conversations.timeline.query(latest);
    return { conversation, contact, entries: items.map(knownEntry), hasEarlier: more };
  }
  const entries: Entry[] = [];
  for (let isMore = true; isMore;) {
    const afterSeq = entries.at(-1)?.seq ?? first - 1;
    const page = { conversationId, afterSeq, beforeSeq, limit: PAGE_LIMIT };
    const { items, more } = await api.conversations.timeline.query(page);
    entries.push(...items.map(knownEntry));
    isMore = more && items.length > 0;
  }
  return { conversation, contact, entries, hasEarlier: first > 1 };
}
