import type { AgentId } from '@baton/schema';
import type { RefObject } from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { useConversations } from '../lists/use-conversations.ts';
import { useHeld } from '../lists/use-held.ts';
import { usePages } from '../lists/use-pages.ts';

const PAGE_SIZE = 50;

export function useDeadFollowUps(assignee: AgentId | undefined, list: RefObject<HTMLElement | null>) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const pages = usePages({
    queryKey: [...trpc.followUps.list.pathKey(), { dead: assignee ?? null }],
    read: (cursor, signal) =>
      api.followUps.list.query({ status: 'dead', assignee, limit: PAGE_SIZE, cursor }, { signal }),
  });
  const followUps = useHeld(list, pages.items, pages.pageCount);
  const conversations = useConversations((followUps ?? []).map(({ conversationId }) => conversationId));
  return { pages, followUps, conversations };
}
