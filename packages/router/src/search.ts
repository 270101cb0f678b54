import { ConversationHit, MessageHit, SearchConversations, SearchMessages, searchPage } from '@baton/schema';
import { tenantProcedure } from './trpc.ts';

export const search = {
  conversations: tenantProcedure
    .input(SearchConversations)
    .output(searchPage(ConversationHit))
    .query(({ ctx, input }) => ctx.store.search.conversations(ctx.tenantId, input)),
  messages: tenantProcedure
    .input(SearchMessages)
    .output(searchPage(MessageHit))
    .query(({ ctx, input }) => ctx.store.search.messages(ctx.tenantId, input)),
};
