import type { ConversationId, SendReason } from '@baton/schema';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../baton-provider.tsx';

/** The feed has no entry for an hour that ends, so an open conversation asks again, in milliseconds. */
const REFRESH_MS = 10_000;

const NONE: readonly SendReason[] = [];
/** The composer says these in its own words. */
const SAID_ANYWAY: ReadonlySet<SendReason['code']> = new Set(['CONVERSATION_CLOSED', 'NOT_OWNER']);

/** What the send policy has against a reply now. */
export function useSendReasons(conversationId: ConversationId): readonly SendReason[] {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.messages.canSend.queryOptions({ conversationId }),
    refetchInterval: REFRESH_MS,
  });
  return data?.reasons.filter(({ code }) => !SAID_ANYWAY.has(code)) ?? NONE;
}
