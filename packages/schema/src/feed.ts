import { z } from 'zod';
import { ConversationId } from './id.ts';
import { EntryKind } from './timeline.ts';

/** The id of the last entry that a reader has; links of tRPC send it by themselves when they come back. */
const LastEventId = z.string().min(1).max(3_000).nullish();

/** Entries after `lastEventId`, which is a `seq`; without one, new ones only. */
export const SubscribeToConversation = z.strictObject({
  conversationId: ConversationId,
  lastEventId: LastEventId,
});
export type SubscribeToConversation = z.infer<typeof SubscribeToConversation>;

export const SubscribeToTenant = z.strictObject({
  lastEventId: LastEventId,
  kinds: z.array(EntryKind).min(1).max(EntryKind.options.length).optional(),
});
export type SubscribeToTenant = z.infer<typeof SubscribeToTenant>;
