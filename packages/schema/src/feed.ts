import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { ConversationId } from './id.ts';
import { text } from './text.ts';
import { EntryKind } from './timeline.ts';

/** The id of the last entry that a reader has; links of tRPC send it by themselves when they come back. */
const LastEventId = text(3_000).nullish();

/** Entries after `lastEventId`, which is a `seq`; without one, new ones only. */
const subscribeToConversationObject = z.strictObject({
  conversationId: ConversationId,
  lastEventId: LastEventId,
});
export interface SubscribeToConversation extends z.infer<typeof subscribeToConversationObject> {}
export interface SubscribeToConversationInput extends z.input<typeof subscribeToConversationObject> {}
export const SubscribeToConversation: NamedSchema<SubscribeToConversation, SubscribeToConversationInput> =
  named(subscribeToConversationObject);

const subscribeToTenantObject = z.strictObject({
  lastEventId: LastEventId,
  kinds: z.array(EntryKind).min(1).max(EntryKind.options.length).optional(),
});
export interface SubscribeToTenant extends z.infer<typeof subscribeToTenantObject> {}
export interface SubscribeToTenantInput extends z.input<typeof subscribeToTenantObject> {}
export const SubscribeToTenant: NamedSchema<SubscribeToTenant, SubscribeToTenantInput> =
  named(subscribeToTenantObject);
