import type { ConversationHit, MessageHit, SearchPage } from '@baton/schema';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type Pages, usePages } from '../lists/use-pages.ts';
import type { SearchParams } from './search-params.ts';

export type HitPages<Hit> = Pages<Hit, SearchPage<Hit>>;

/** Best matches first; disabled without a query or in message mode. */
export function useConversationHits({
  q = '',
  in: within,
  stage,
  status,
  agent,
}: SearchParams): HitPages<ConversationHit> {
  const { api } = useBaton();
  const trpc = useTRPC();
  return usePages<ConversationHit, SearchPage<ConversationHit>>({
    queryKey: [...trpc.search.conversations.pathKey(), { q, stage, status, agent }],
    read: (cursor, signal) =>
      api.search.conversations.query({ text: q, stage, status, agentId: agent, cursor }, { signal }),
    isEnabled: q !== '' && within === undefined,
    keepsPrevious: true,
  });
}

export function useMessageHits({ q = '', in: within, author, of }: SearchParams): HitPages<MessageHit> {
  const { api } = useBaton();
  const trpc = useTRPC();
  return usePages<MessageHit, SearchPage<MessageHit>>({
    queryKey: [...trpc.search.messages.pathKey(), { q, author, of }],
    read: (cursor, signal) =>
      api.search.messages.query({ text: q, author, conversationId: of, cursor }, { signal }),
    isEnabled: q !== '' && within === 'messages',
    keepsPrevious: true,
  });
}
