import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTRPC } from '../baton-provider.tsx';
import { useConversation } from './conversation-context.ts';
import { handoffChainOf, type HandoffStep } from './timeline-model.ts';

/** The whole chain, even if only a part of the timeline is loaded. */
export function useHandoffChain(): readonly HandoffStep[] {
  const { conversation, entries, hasEarlier } = useConversation();
  const trpc = useTRPC();
  const earlier = useQuery({
    ...trpc.conversations.timeline.queryOptions({
      conversationId: conversation.id,
      kinds: ['created', 'owner', 'handoff'],
      afterSeq: 0,
      limit: 500,
    }),
    enabled: hasEarlier,
  });
  return useMemo(() => {
    const first = entries[0]?.seq ?? 0;
    const before = hasEarlier ? (earlier.data?.items ?? []).filter(({ seq }) => seq < first) : [];
    return handoffChainOf(conversation, [...before, ...entries]);
  }, [conversation, entries, hasEarlier, earlier.data]);
}
