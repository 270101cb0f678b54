import type { Conversation } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../baton-provider.tsx';

export function useOtherConversations({ id, contactId }: Conversation): Conversation[] {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.conversations.history.queryOptions({ contactId, limit: 10 }));
  return (data?.items ?? []).filter((other) => other.id !== id);
}
