import type { AgentId } from '@baton/schema';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { usePages } from '../lists/use-pages.ts';

const PAGE_SIZE = 50;

export function useDeadFollowUps(assignee: AgentId | undefined) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const pages = usePages({
    queryKey: [...trpc.followUps.list.pathKey(), { dead: assignee ?? null }],
    read: (cursor, signal) =>
      api.followUps.list.query({ status: 'dead', assignee, limit: PAGE_SIZE, cursor }, { signal }),
  });
  const conversations = useConversations((pages.items ?? []).map(({ conversationId }) => conversationId));
  return { pages, conversations };
}
