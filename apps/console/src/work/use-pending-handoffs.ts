import type { AgentId, ConversationId, Handoff } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import { useAgents } from '../agents/use-agents.ts';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { errorMessage } from '../format/error-message.ts';
import { useConversations } from '../lists/use-conversations.ts';
import { useHeld } from '../lists/use-held.ts';
import { usePages } from '../lists/use-pages.ts';
import { useMe } from '../session/session-context.ts';
import { useToast } from '../ui/toast-provider.tsx';
import { useOpenConversationPage } from './use-open-conversation-page.ts';
import { withEntry } from './follow-up-patch.ts';
import { contactName } from '../format/contact-name.ts';
import { useFeedResumed } from '../live/live-provider.tsx';

const PAGE_SIZE = 50;

export type HandoffResponse = { kind: 'accept' } | { kind: 'decline'; reason: string };

/** Pending handoffs, which stay in place under the pointer; an answer applies optimistically. */
export function usePendingHandoffs(agentId: AgentId | undefined, list: RefObject<HTMLElement | null>) {
  const trpc = useTRPC();
  const { api } = useBaton();
  const queryClient = useQueryClient();
  const toast = useToast();
  const me = useMe();
  const open = useOpenConversationPage();
  const agents = useAgents();
  const [answered, setAnswered] = useState<ReadonlyMap<string, true>>(new Map());
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  useFeedResumed(() => setErrors(new Map()));
  const pages = usePages({
    queryKey: [...trpc.handoffs.pending.pathKey(), { of: agentId ?? null }],
    read: (cursor, signal) => api.handoffs.pending.query({ agentId, limit: PAGE_SIZE, cursor }, { signal }),
  });
  const pending = pages.items?.filter(({ id }) => !answered.has(id));
  const handoffs = useHeld(list, pending, pages.pageCount);
  const pendingIds = new Set(pending?.map(({ id }) => id));
  const conversations = useConversations((handoffs ?? []).map(({ conversationId }) => conversationId));

  async function respond({ id, conversationId, from }: Handoff, response: HandoffResponse): Promise<void> {
    setAnswered((map) => withEntry(map, id, true));
    setErrors((map) => withEntry(map, id, undefined));
    try {
      if (response.kind === 'accept') {
        await api.handoffs.accept.mutate({ handoffId: id, by: me.id });
        const conversation = conversations.get(conversationId);
        const name = conversation === undefined ? 'the conversation' : contactName(conversation);
        toast({
          message: `You hold ${name} now.`,
          open: () => open(conversationId),
          durationMs: 10_000,
          undo: () => void giveBack(conversationId, from),
        });
      } else {
        const reason = response.reason.trim();
        await api.handoffs.reject.mutate({ handoffId: id, by: me.id, ...(reason !== '' && { reason }) });
        toast({ message: 'Handoff declined.', open: () => open(conversationId) });
      }
    } catch (error) {
      setErrors((map) => withEntry(map, id, errorMessage(error)));
    } finally {
      await queryClient.invalidateQueries(trpc.handoffs.pending.pathFilter());
      setAnswered((map) => withEntry(map, id, undefined));
    }
  }

  async function giveBack(conversationId: ConversationId, to: AgentId): Promise<void> {
    const reason = 'The handoff was accepted by mistake';
    await api.handoffs.release
      .mutate({ conversationId, by: me.id, to, reason })
      .catch((error: unknown) => toast({ message: `Not given back: ${errorMessage(error)}` }));
  }

  return {
    pages,
    handoffs,
    isEnded: ({ id }: Handoff) => !pendingIds.has(id),
    conversations,
    errors,
    respond,
    me: me.id,
    recipientOf: ({ to }: Handoff) => agents.get(to),
  };
}
