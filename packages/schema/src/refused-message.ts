import { z } from 'zod';
import { named, type NamedEnum, type NamedSchema } from './named.ts';
import { AgentId, ConversationId } from './id.ts';
import { ClientMessageId } from './message.ts';
import { SendPolicyCode } from './send-policy.ts';
import { text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Most refused messages that are kept of a conversation: the newest. */
export const REFUSED_MESSAGES_LIMIT = 20;

/** Most characters that are kept of a refused message. */
export const REFUSED_TEXT_LENGTH = 500;

const refusalCodes = ['NOT_OWNER', 'STALE_OWNER', ...SendPolicyCode.options] as const;
/** Another agent owned the conversation, or the send policy was against it. */
export type RefusedMessageCode = (typeof refusalCodes)[number];
export const RefusedMessageCode: NamedEnum<RefusedMessageCode> = z.enum(refusalCodes);

/** What an agent said in public and was refused; no part of the timeline. */
export interface RefusedMessage {
  clientMessageId: string;
  agentId: AgentId;
  code: RefusedMessageCode;
  /** Why, in a sentence, where the send policy was against it. */
  reason?: string | undefined;
  /** From when on that does not hold any more. */
  until?: Timestamp | undefined;
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
    code: RefusedMessageCode,
    reason: text(500).optional(),
    until: Timestamp.optional(),
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
