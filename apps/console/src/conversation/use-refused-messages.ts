import type { ConversationId, RefusedMessage } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** The feed has no entry for what was refused, so an open conversation asks again, in milliseconds. */
const REFRESH_MS = 5_000;

const NONE: readonly RefusedMessage[] = [];

export function useRefusedMessages(conversationId: ConversationId): readonly RefusedMessage[] {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.messages.refused.queryOptions({ conversationId }),
    refetchInterval: REFRESH_MS,
  });
  return data ?? NONE;
}
