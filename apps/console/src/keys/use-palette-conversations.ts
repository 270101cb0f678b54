import type { ConversationView } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** The typed contact's conversations, then the latest active ones. */
export function usePaletteConversations(query: string): ConversationView[] {
  const trpc = useTRPC();
  const contact = useQuery({
    ...trpc.conversations.list.queryOptions({ contactId: query, limit: 5 }),
    enabled: query.length > 1,
  });
  const recent = useQuery(trpc.conversations.list.queryOptions({ status: 'active', limit: 50 }));
  const exact = contact.data?.items ?? [];
  const known = new Set(exact.map(({ id }) => id));
  return [...exact, ...(recent.data?.items ?? []).filter(({ id }) => !known.has(id))];
}
