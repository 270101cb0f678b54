import type { ConversationId } from '@baton/schema';
import { useNavigate } from '@tanstack/react-router';

/** Leads to a conversation's page. */
export function useOpenConversationPage(): (conversationId: ConversationId) => void {
  const navigate = useNavigate();
  return (conversationId) =>
    void navigate({ to: '/inbox/$conversationId', params: { conversationId }, search: { status: 'any' } });
}
