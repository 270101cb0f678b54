import { ConversationHit, MessageHit, page, SearchConversations, SearchMessages } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const search = {
  conversations: tenantProcedure
    .input(SearchConversations)
    .output(page(ConversationHit))
    .query(({ ctx, input }) => ctx.store.search.conversations(ctx.tenantId, input)),
  messages: tenantProcedure
    .input(SearchMessages)
    .output(page(MessageHit))
    .query(({ ctx, input }) => ctx.store.search.messages(ctx.tenantId, input)),
};
