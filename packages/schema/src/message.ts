import { z } from 'zod';
import { named, type NamedSchema, type NamedEnum } from './named.ts';
import { Actor } from './actor.ts';
import { commandFields, keyedCommand } from './command-fields.ts';
import { ConversationId } from './id.ts';
import { utf8Bytes } from './json.ts';
import {
  MESSAGE_BYTES_LIMIT,
  type MessagePart,
  NewMessageParts,
  RAW_BYTES_LIMIT,
  RawMessage,
} from './message-part.ts';
import { pageFields } from './page.ts';
import { identifier, isBlank, readableText, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** Longest text of a message, in characters. */
export const MESSAGE_TEXT_LIMIT = 32_000;

/** Most messages of one turn. */
export const TURN_LIMIT = 100;

const visibilityValues = ['public', 'internal'] as const;
export type Visibility = (typeof visibilityValues)[number];
export interface VisibilityEnum extends NamedEnum<Visibility> {}
export const Visibility: VisibilityEnum = z.enum(visibilityValues);

const CLIENT_MESSAGE_ID_LENGTH = 200;

export const ClientMessageId = text(CLIENT_MESSAGE_ID_LENGTH);

/** The id of a message that is said now. */
export const NewClientMessageId = identifier(CLIENT_MESSAGE_ID_LENGTH);

export interface Usage {
  model: string;
  inputTokens: number;
  outputTokens: number;
  /** Cost in millionths of a dollar. */
  costMicros: number;
}
export const Usage: NamedSchema<Usage, Usage> = named(
  z.strictObject({
    model: text(100),
    inputTokens: z.int().min(0).max(1_000_000_000),
    outputTokens: z.int().min(0).max(1_000_000_000),
    costMicros: z.int().min(0).max(1_000_000_000_000),
  }),
);

/** The provider's template that a message was made of: such a message passes a channel's closed window. */
export interface MessageTemplate {
  /** As the provider knows it. */
  name: string;
  language?: string | undefined;
}
export const MessageTemplate: NamedSchema<MessageTemplate, MessageTemplate> = named(
  z.strictObject({ name: identifier(512), language: identifier(35).optional() }),
);

/** What a caller writes of one message. */
const newMessageFields = {
  clientMessageId: NewClientMessageId,
  author: Actor,
  text: text(MESSAGE_TEXT_LIMIT, 0),
  visibility: Visibility.default('public'),
  /** The entry that it answers. */
  inReplyTo: z.int().min(1).optional(),
  /** The message that it replaces: that one leaves the context. */
  supersedes: z.int().min(1).optional(),
  /** The provider's own time, whenever it was: messages stay in the order in which they came here. */
  sentAt: Timestamp.optional(),
  usage: Usage.optional(),
  parts: NewMessageParts.optional(),
  raw: RawMessage.optional(),
  template: MessageTemplate.optional(),
};

/** What is said by a message. */
interface Said {
  text?: string | undefined;
  parts?: readonly MessagePart[] | undefined;
  raw?: RawMessage | undefined;
}

/** A framework's message may be empty, and is kept as it is. */
const saysSomething = ({ text: said = '', parts = [], raw }: Said) =>
  parts.length > 0 || raw !== undefined || !isBlank(said);
const NOTHING_SAID = { message: 'Text is blank, and there is no part: nothing was said', path: ['text'] };

/** What a message may take: a refusal names the limit. */
export function requireSize({ text: said = '', parts, raw }: Said, issues: z.RefinementCtx): void {
  // A text alone is always small enough.
  if (parts === undefined && raw === undefined) return;
  const rawBytes = raw === undefined ? 0 : utf8Bytes(JSON.stringify(raw.json), RAW_BYTES_LIMIT);
  if (rawBytes > RAW_BYTES_LIMIT) {
    const message = `At most ${RAW_BYTES_LIMIT} bytes of JSON (1 MB); this is ${rawBytes}`;
    issues.addIssue({ code: 'custom', path: ['raw', 'json'], message });
  }
  const bytes = utf8Bytes(JSON.stringify([said, parts, raw]), MESSAGE_BYTES_LIMIT);
  if (bytes <= MESSAGE_BYTES_LIMIT) return;
  const message = `A message takes at most ${MESSAGE_BYTES_LIMIT} bytes of JSON (4 MB); this one takes ${bytes}`;
  issues.addIssue({ code: 'custom', path: [parts === undefined ? 'raw' : 'parts'], message });
}

/** A message's own fields beside those of every one, which declarations name once. */
interface MessageObject<Shape extends z.core.$ZodShape> extends z.ZodObject<
  typeof newMessageFields & Shape,
  z.core.$strict
> {}

function messageObject<Shape extends z.core.$ZodShape>(shape: Shape): MessageObject<Shape> {
  // Of any shape the compiler does not see that these fields are among its own.
  return z
    .strictObject({ ...newMessageFields, ...shape })
    .refine((message) => saysSomething(message as Said), NOTHING_SAID)
    .superRefine((message, issues) => requireSize(message as Said, issues));
}

const newMessageObject = messageObject({});
export interface NewMessage extends z.infer<typeof newMessageObject> {}
export interface NewMessageInput extends z.input<typeof newMessageObject> {}
export const NewMessage: NamedSchema<NewMessage, NewMessageInput> = named(newMessageObject);

/** Of tokens and money that `messages.reserve` set aside. */
export const ReservationId = z.string().regex(/^[0-9a-f]{24}$/, 'Expected the id of a reservation');

const appendMessageObject = messageObject({
  conversationId: ConversationId,
  ownerEpoch: z.int().min(1).optional(),
  reservationId: ReservationId.optional(),
  ...commandFields,
});
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
  reservationId: ReservationId.optional(),
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
