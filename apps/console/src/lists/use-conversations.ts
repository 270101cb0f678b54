import type { ConversationView, ConversationId } from '@baton/schema';
import { useQueries } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** The conversations loaded so far; requests of one tick are batched. */
export function useConversations(
  ids: readonly ConversationId[],
): ReadonlyMap<ConversationId, ConversationView> {
  const trpc = useTRPC();
  return useQueries({
    queries: [...new Set(ids)].map((conversationId) =>
      trpc.conversations.get.queryOptions({ conversationId }, { staleTime: 60_000 }),
    ),
    combine: (results) =>
      new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data]]))),
  });
}
