import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { Actor } from './actor.ts';
import { commandFields, keyedCommand } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { pageFields } from './page.ts';
import { identifier, isBlank, readableText, text } from './text.ts';

/** Longest text of a message, in characters. */
export const MESSAGE_TEXT_LIMIT = 32_000;

/** Most messages of one turn. */
export const TURN_LIMIT = 100;

export const Visibility = z.enum(['public', 'internal']);
export type Visibility = z.infer<typeof Visibility>;

const CLIENT_MESSAGE_ID_LENGTH = 200;

export const ClientMessageId = text(CLIENT_MESSAGE_ID_LENGTH);

/** The id of a message that is said now. */
export const NewClientMessageId = identifier(CLIENT_MESSAGE_ID_LENGTH);

const usageObject = z.strictObject({
  model: text(100),
  inputTokens: z.int().min(0).max(1_000_000_000),
  outputTokens: z.int().min(0).max(1_000_000_000),
  /** Cost in millionths of a dollar. */
  costMicros: z.int().min(0).max(1_000_000_000_000),
});
export interface Usage extends z.infer<typeof usageObject> {}
export interface UsageInput extends z.input<typeof usageObject> {}
export const Usage: NamedSchema<Usage, UsageInput> = named(usageObject);

const CALL_ID_LENGTH = 200;

const toolCallPart = z.strictObject({
  type: z.literal('tool_call'),
  callId: text(CALL_ID_LENGTH),
  name: text(200),
  /** The arguments as the model wrote them, JSON as a rule. */
  arguments: text(MESSAGE_TEXT_LIMIT, 0),
});
export interface ToolCallPart extends z.infer<typeof toolCallPart> {}

const toolResultPart = z.strictObject({
  type: z.literal('tool_result'),
  callId: text(CALL_ID_LENGTH),
  name: text(200).optional(),
  result: text(MESSAGE_TEXT_LIMIT, 0),
});
export interface ToolResultPart extends z.infer<typeof toolResultPart> {}

const attachmentPart = z.strictObject({
  type: z.literal('attachment'),
  url: text(2_000),
  name: text(200).optional(),
  mimeType: text(100).optional(),
});
export interface AttachmentPart extends z.infer<typeof attachmentPart> {}

/** A structured piece of a message: what a model called, what a tool answered, what was attached. */
export type MessagePart = ToolCallPart | ToolResultPart | AttachmentPart;
export const MessagePart: NamedSchema<MessagePart, MessagePart> = named(
  z.discriminatedUnion('type', [toolCallPart, toolResultPart, attachmentPart]),
);

const NewMessagePart = named<MessagePart, MessagePart>(
  z.discriminatedUnion('type', [
    toolCallPart.extend({ callId: identifier(CALL_ID_LENGTH) }),
    toolResultPart.extend({ callId: identifier(CALL_ID_LENGTH) }),
    attachmentPart,
  ]),
);

/** What a caller writes of one message. */
const newMessageFields = {
  clientMessageId: NewClientMessageId,
  author: Actor,
  text: text(MESSAGE_TEXT_LIMIT),
  visibility: Visibility.default('public'),
  inReplyTo: z.int().min(1).optional(),
  usage: Usage.optional(),
  parts: z.array(NewMessagePart).max(50).optional(),
};

const saysSomething = (said: { text: string; parts?: readonly unknown[] | undefined }) =>
  (said.parts ?? []).length > 0 || !isBlank(said.text);
const NOTHING_SAID = { message: 'Text is blank, and there is no part: nothing was said', path: ['text'] };

const newMessageObject = z.strictObject(newMessageFields).refine(saysSomething, NOTHING_SAID);
export interface NewMessage extends z.infer<typeof newMessageObject> {}
export interface NewMessageInput extends z.input<typeof newMessageObject> {}
export const NewMessage: NamedSchema<NewMessage, NewMessageInput> = named(newMessageObject);

const appendMessageObject = z
  .strictObject({
    ...newMessageFields,
    conversationId: ConversationId,
    ownerEpoch: z.int().min(1).optional(),
    ...commandFields,
  })
  .refine(saysSomething, NOTHING_SAID);
export interface AppendMessage extends z.infer<typeof appendMessageObject> {}
export interface AppendMessageInput extends z.input<typeof appendMessageObject> {}
export const AppendMessage: NamedSchema<AppendMessage, AppendMessageInput> = named(appendMessageObject);

const appendTurnObject = z.strictObject({
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
export interface AppendTurn extends z.infer<typeof appendTurnObject> {}
export interface AppendTurnInput extends z.input<typeof appendTurnObject> {}
export const AppendTurn: NamedSchema<AppendTurn, AppendTurnInput> = named(appendTurnObject);

const redactMessageObject = keyedCommand({
  conversationId: ConversationId,
  seq: z.int().min(1),
  reason: readableText(500).optional(),
});
export interface RedactMessage extends z.infer<typeof redactMessageObject> {}
export interface RedactMessageInput extends z.input<typeof redactMessageObject> {}
export const RedactMessage: NamedSchema<RedactMessage, RedactMessageInput> = named(redactMessageObject);

const listMessagesObject = z.strictObject({
  conversationId: ConversationId,
  order: z.enum(['oldest', 'newest']).default('oldest'),
  visibility: Visibility.optional(),
  ...pageFields,
});
export interface ListMessages extends z.infer<typeof listMessagesObject> {}
export interface ListMessagesInput extends z.input<typeof listMessagesObject> {}
export const ListMessages: NamedSchema<ListMessages, ListMessagesInput> = named(listMessagesObject);

const getMessageContextObject = z.strictObject({
  conversationId: ConversationId,
  /** How many tokens the messages may take together, by estimate. */
  tokenBudget: z.int().min(1).max(1_000_000),
  includeInternal: z.boolean().default(false),
});
export interface GetMessageContext extends z.infer<typeof getMessageContextObject> {}
export interface GetMessageContextInput extends z.input<typeof getMessageContextObject> {}
export const GetMessageContext: NamedSchema<GetMessageContext, GetMessageContextInput> =
  named(getMessageContextObject);
