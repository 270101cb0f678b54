import type { ConversationId, ConversationView, GetConversation, TenantId } from '@baton/schema';
import type { ReadGate } from '../fairness/read-gate.ts';
import type { Collections } from '../schema/open-collections.ts';
import { readConversations, type StoredConversation, viewOfStored } from './conversation.ts';
import { GroupedReads } from './grouped-reads.ts';

/** `conversations.get` for callers who share their reads. */
export function groupedConversations(collections: Collections, reads: ReadGate) {
  const groups = new GroupedReads<ConversationId, StoredConversation>((tenantId, ids) =>
    reads.run(tenantId, 'quick', () => readConversations(collections, tenantId, ids)),
  );
  return {
    /** @throws Refusal NOT_FOUND, RATE_LIMITED; UNREADABLE for this conversation alone */
    async get(tenantId: TenantId, { conversationId }: GetConversation): Promise<ConversationView> {
      return viewOfStored(collections, await groups.ask(tenantId, conversationId));
    },
  };
}
