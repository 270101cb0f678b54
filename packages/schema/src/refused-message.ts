import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { AgentId, ConversationId } from './id.ts';
import { ClientMessageId } from './message.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Most refused messages that are kept of a conversation: the newest. */
export const REFUSED_MESSAGES_LIMIT = 20;

/** Most characters that are kept of a refused message. */
export const REFUSED_TEXT_LENGTH = 500;

/** What an agent said in public while it did not own the conversation; no part of its timeline. */
export interface RefusedMessage {
  clientMessageId: string;
  agentId: AgentId;
  code: 'NOT_OWNER' | 'STALE_OWNER';
  /** Its first characters. */
  text: string;
  /** Who owned the conversation then. */
  ownerId: AgentId;
  /** The latest entry of the timeline then. */
  afterSeq: number;
  at: Timestamp;
}
export const RefusedMessage: NamedSchema<RefusedMessage> = named(
  z.strictObject({
    clientMessageId: ClientMessageId,
    agentId: AgentId,
    code: z.enum(['NOT_OWNER', 'STALE_OWNER']),
    text: text(REFUSED_TEXT_LENGTH, 0),
    ownerId: AgentId,
    afterSeq: z.int().min(1),
    at: Timestamp,
  }),
);

export interface ListRefusedMessages {
  conversationId: ConversationId;
}
export interface ListRefusedMessagesInput {
  conversationId: string;
}
export const ListRefusedMessages: NamedSchema<ListRefusedMessages, ListRefusedMessagesInput> = named(
  z.strictObject({ conversationId: ConversationId }),
);

/** Oldest first. */
export const RefusedMessages: NamedSchema<RefusedMessage[]> = named(z.array(RefusedMessage));
