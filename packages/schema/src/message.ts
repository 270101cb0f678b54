import { z } from 'zod';
import { Actor } from './actor.ts';
import { commandFields, keyedCommandFields } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { pageFields } from './page.ts';
import { text } from './text.ts';

/** Longest text of a message, in characters. */
export const MESSAGE_TEXT_LIMIT = 32_000;

/** Most messages of one turn. */
export const TURN_LIMIT = 100;

export const Visibility = z.enum(['public', 'internal']);
export type Visibility = z.infer<typeof Visibility>;

export const ClientMessageId = text(200);

export const Usage = z.strictObject({
  model: text(100),
  inputTokens: z.int().min(0).max(1_000_000_000),
  outputTokens: z.int().min(0).max(1_000_000_000),
  /** Cost in millionths of a dollar. */
  costMicros: z.int().min(0).max(1_000_000_000_000),
});
export type Usage = z.infer<typeof Usage>;

/** A structured piece of a message: what a model called, what a tool answered, what was attached. */
export const MessagePart = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('tool_call'),
    callId: text(200),
    name: text(200),
    /** The arguments as the model wrote them, JSON as a rule. */
    arguments: text(MESSAGE_TEXT_LIMIT, 0),
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    callId: text(200),
    name: text(200).optional(),
    result: text(MESSAGE_TEXT_LIMIT, 0),
  }),
  z.strictObject({
    type: z.literal('attachment'),
    url: text(2_000),
    name: text(200).optional(),
    mimeType: text(100).optional(),
  }),
]);
export type MessagePart = z.infer<typeof MessagePart>;

/** What a caller writes of one message. */
export const NewMessage = z.strictObject({
  clientMessageId: ClientMessageId,
  author: Actor,
  text: text(MESSAGE_TEXT_LIMIT),
  visibility: Visibility.default('public'),
  inReplyTo: z.int().min(1).optional(),
  usage: Usage.optional(),
  parts: z.array(MessagePart).max(50).optional(),
});
export type NewMessage = z.infer<typeof NewMessage>;

export const AppendMessage = NewMessage.extend({
  conversationId: ConversationId,
  ownerEpoch: z.int().min(1).optional(),
  ...commandFields,
});
export type AppendMessage = z.infer<typeof AppendMessage>;

export const AppendTurn = z.strictObject({
  conversationId: ConversationId,
  messages: z
    .array(NewMessage)
    .min(1)
    .max(TURN_LIMIT)
    .refine(
      (messages) => new Set(messages.map((message) => message.clientMessageId)).size === messages.length,
      {
        message: 'Two messages of a turn have the same clientMessageId',
      },
    ),
  ownerEpoch: z.int().min(1).optional(),
  ...commandFields,
});
export type AppendTurn = z.infer<typeof AppendTurn>;

export const RedactMessage = z.strictObject({
  conversationId: ConversationId,
  seq: z.int().min(1),
  reason: text(500).optional(),
  ...keyedCommandFields,
});
export type RedactMessage = z.infer<typeof RedactMessage>;

export const ListMessages = z.strictObject({
  conversationId: ConversationId,
  order: z.enum(['oldest', 'newest']).default('oldest'),
  visibility: Visibility.optional(),
  ...pageFields,
});
export type ListMessages = z.infer<typeof ListMessages>;

export const GetMessageContext = z.strictObject({
  conversationId: ConversationId,
  /** How many tokens the messages may take together, by estimate. */
  tokenBudget: z.int().min(1).max(1_000_000),
  includeInternal: z.boolean().default(false),
});
export type GetMessageContext = z.infer<typeof GetMessageContext>;
