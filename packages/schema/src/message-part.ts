import { z } from 'zod';
import { FileId } from './id.ts';
import { Json, type JsonValue, TextOrJson } from './json.ts';
import { named, type NamedSchema } from './named.ts';
import { identifier, text } from './text.ts';

const MEGABYTE = 1024 * 1024;

/** Most bytes that a message takes: those of its JSON. */
export const MESSAGE_BYTES_LIMIT = 4 * MEGABYTE;

/** Most bytes of JSON that `raw` takes. */
export const RAW_BYTES_LIMIT = MEGABYTE;

/** Most parts of a message. */
export const PART_LIMIT = 200;

const CALL_ID_LENGTH = 200;
const NAME_LENGTH = 200;

/** Text that only the message's own limit bounds. */
const words = (min = 0) => text(MESSAGE_BYTES_LIMIT, min);

/** Beside what a part says. */
interface PartFields {
  /** What the provider of its model says of it, such as a signature that it wants to see again. */
  providerMetadata?: unknown;
}
const partFields = { providerMetadata: Json.optional() };

export interface TextPart extends PartFields {
  type: 'text';
  text: string;
}
const textPart = z.strictObject({ type: z.literal('text'), text: words(), ...partFields });

/** What a model thought before it answered. */
export interface ReasoningPart extends PartFields {
  type: 'reasoning';
  text: string;
  signature?: string | undefined;
}
const reasoningPart = z.strictObject({
  type: z.literal('reasoning'),
  text: words(),
  signature: words().optional(),
  ...partFields,
});

export interface ToolCallPart extends PartFields {
  type: 'tool_call';
  callId: string;
  name: string;
  /** As the model wrote them: a text, JSON as a rule, or the JSON itself. */
  arguments: JsonValue;
  /** How far the call has come, in the words of its framework. */
  state?: string | undefined;
  errorText?: string | undefined;
  /** Who was asked whether the tool may be used, and what they said. */
  approval?: unknown;
}
const toolCallPart = z.strictObject({
  type: z.literal('tool_call'),
  callId: text(CALL_ID_LENGTH),
  name: text(NAME_LENGTH),
  arguments: TextOrJson,
  state: text(100).optional(),
  errorText: words().optional(),
  approval: Json.optional(),
  ...partFields,
});

export interface ToolResultPart extends PartFields {
  type: 'tool_result';
  callId: string;
  name?: string | undefined;
  result: JsonValue;
}
const toolResultPart = z.strictObject({
  type: z.literal('tool_result'),
  callId: text(CALL_ID_LENGTH),
  name: text(NAME_LENGTH).optional(),
  result: TextOrJson,
  ...partFields,
});

/** A file: one that was uploaded, or an address; of a small one it may be a `data:` address. */
export interface AttachmentPart extends PartFields {
  type: 'attachment';
  fileId?: FileId | undefined;
  url?: string | undefined;
  name?: string | undefined;
  mimeType?: string | undefined;
  bytes?: number | undefined;
}
const attachmentPart = z.strictObject({
  type: z.literal('attachment'),
  fileId: FileId.optional(),
  url: words(1).optional(),
  name: text(NAME_LENGTH).optional(),
  mimeType: text(100).optional(),
  bytes: z.int().min(0).optional(),
  ...partFields,
});

/** Where something was found that the answer says. */
export interface SourcePart extends PartFields {
  type: 'source';
  id?: string | undefined;
  url?: string | undefined;
  title?: string | undefined;
}
const sourcePart = z.strictObject({
  type: z.literal('source'),
  id: text(1_000).optional(),
  url: text(10_000).optional(),
  title: text(1_000).optional(),
  ...partFields,
});

/** What an app shows in its own way. */
export interface DataPart extends PartFields {
  type: 'data';
  name: string;
  json: JsonValue;
}
const dataPart = z.strictObject({
  type: z.literal('data'),
  name: text(NAME_LENGTH),
  json: Json,
  ...partFields,
});

/** A structured piece of a message: what was thought, called, answered by a tool, attached. */
export type MessagePart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | AttachmentPart
  | SourcePart
  | DataPart;
/** The same as a caller writes it. */
export type MessagePartInput =
  | Exclude<MessagePart, AttachmentPart>
  | (Omit<AttachmentPart, 'fileId'> & { fileId?: string | undefined });
export const MessagePart: NamedSchema<MessagePart, MessagePartInput> = named(
  z.discriminatedUnion('type', [
    textPart,
    reasoningPart,
    toolCallPart,
    toolResultPart,
    attachmentPart,
    sourcePart,
    dataPart,
  ]),
);
export interface MessagePartsSchema extends NamedSchema<MessagePart[], MessagePartInput[]> {}
export const MessageParts: MessagePartsSchema = z.array(MessagePart).max(PART_LIMIT);

const newPart = named<MessagePart, MessagePartInput>(
  z.discriminatedUnion('type', [
    textPart,
    reasoningPart,
    toolCallPart.extend({ callId: identifier(CALL_ID_LENGTH) }),
    toolResultPart.extend({ callId: identifier(CALL_ID_LENGTH) }),
    attachmentPart.refine(({ fileId, url }) => (fileId === undefined) !== (url === undefined), {
      message: 'An attachment has either a fileId or a url',
      path: ['url'],
    }),
    sourcePart,
    dataPart,
  ]),
);
export const NewMessageParts: MessagePartsSchema = z.array(newPart).max(PART_LIMIT);

/** A message as its framework gave it: given back equal, and neither searched nor counted. */
export interface RawMessage {
  /** Which framework's form it is, by the caller's own word. */
  format: string;
  json: JsonValue;
}
export const RawMessage: NamedSchema<RawMessage, RawMessage> = named(
  z.strictObject({ format: text(100), json: Json }),
);
