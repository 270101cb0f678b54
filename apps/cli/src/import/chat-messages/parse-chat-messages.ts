import { timestamp } from '@baton/schema';
import { z } from 'zod';
import { UserError } from '../../output/errors.ts';
import { parseJsonLines } from '../json-lines.ts';
import {
  emptyReading,
  type ReadTranscripts,
  type SourceMessage,
  type TranscriptMessage,
} from '../transcript/transcript.ts';
import { validationMessage } from '../validation-message.ts';

// Chat Completions messages, as training and evaluation files have them, a conversation a line.
// https://platform.openai.com/docs/api-reference/chat/create

const Part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  refusal: z.string().optional(),
  image_url: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
});

const Content = z.union([z.string(), z.array(Part)]).nullish();

const Instant = z.union([
  z.iso.datetime({ offset: true }).transform((text) => timestamp(Date.parse(text))),
  z
    .number()
    .min(0)
    .transform((seconds) => timestamp(seconds * 1_000)),
]);

const ChatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: Content,
  refusal: z.string().nullish(),
  name: z.string().optional(),
  tool_calls: z
    .array(
      z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }),
    )
    .nullish(),
  tool_call_id: z.string().optional(),
  timestamp: Instant.optional(),
});
type ChatMessage = z.infer<typeof ChatMessage>;

const Line = z.looseObject({ messages: z.array(z.unknown()).min(1) });

/** The agent of files that name none. */
const ASSISTANT = 'Assistant';

/**
 * Reads conversations in the form of Chat Completions, one a line. Instructions of `system` and `developer` are left
 * out; what tools are asked and answer is internal, as the customer never saw it.
 * @param name the set's name, the start of every id
 * @throws UserError where the file has no conversation
 */
export function parseChatMessages(file: string, content: string, name: string): ReadTranscripts {
  const reading = emptyReading();
  for (const { place, line, record } of parseJsonLines(file, content, Line, reading.faults)) {
    const messages: SourceMessage[] = [];
    for (const [index, value] of record.messages.entries()) {
      const at = `${place}/message ${index + 1}`;
      const parsed = ChatMessage.safeParse(value);
      if (parsed.success && isInstruction(parsed.data))
        reading.leftOut.push({
          place: at,
          problem: `Instructions of the ${parsed.data.role}, which nobody said`,
        });
      else if (parsed.success)
        messages.push({ place: at, id: `message-${index + 1}`, ...messageOf(parsed.data) });
      else
        reading.faults.push({
          place: at,
          problem: validationMessage(parsed.error),
        });
    }
    const id = `${name}-${line}`;
    const transcript = {
      id,
      channel: 'api' as const,
      contact: { id },
      owner: ASSISTANT,
      closed: false,
      tags: [name],
      metadata: {},
      messages,
    };
    reading.transcripts.push({ place, transcript });
  }
  if (reading.transcripts.length === 0 && reading.faults.length === 0)
    throw new UserError(`${file} is empty: expected {"messages": […]} a line`);
  return reading;
}

function messageOf(message: ChatMessage): TranscriptMessage {
  const { role, tool_calls: calls, tool_call_id: callId } = message;
  const said = [...textsOf(message.content), message.refusal ?? ''].filter(Boolean).join('\n');
  const images = imagesOf(message.content);
  const timed = message.timestamp === undefined ? {} : { at: message.timestamp };
  if (role === 'tool') {
    const result = { type: 'tool_result' as const, callId: callId ?? 'unknown', result: said };
    const text = `Result of ${message.name ?? 'a tool'}`;
    return { ...timed, author: { kind: 'tool' }, internal: true, text, parts: [result] };
  }
  const parts = [
    ...images.map((url) => ({ type: 'attachment' as const, url, name: 'image' })),
    ...(calls ?? []).map((call) => ({
      type: 'tool_call' as const,
      callId: call.id,
      name: call.function.name,
      arguments: call.function.arguments,
    })),
  ];
  const isOnlyCalls = said === '' && (calls ?? []).length > 0;
  return {
    ...timed,
    author: role === 'user' ? { kind: 'customer' } : { kind: 'agent', name: ASSISTANT },
    internal: isOnlyCalls,
    text: isOnlyCalls ? `Calls ${(calls ?? []).map((call) => call.function.name).join(', ')}` : said,
    ...(parts.length > 0 && { parts }),
  };
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === 'system' || role === 'developer';
}

function textsOf(content: ChatMessage['content']): string[] {
  if (typeof content === 'string') return [content];
  return (content ?? []).flatMap(({ text, refusal }) => text ?? refusal ?? []);
}

function imagesOf(content: ChatMessage['content']): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap(({ image_url: image }) => (typeof image === 'string' ? image : (image?.url ?? [])));
}
