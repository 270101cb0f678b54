import { type Channel, timestamp } from '@baton/schema';
import { z } from 'zod';
import { UserError } from '../../output/errors.ts';
import {
  emptyReading,
  type ReadTranscripts,
  type SourceMessage,
  type SourceTranscript,
  type TranscriptMessage,
} from '../transcript/transcript.ts';
import { parseJson } from '../parse-json.ts';
import { validationMessage } from '../validation-message.ts';

// The answer of Chatwoot's API, `GET /api/v1/accounts/{account_id}/conversations`, with each conversation's messages.
// https://developers.chatwoot.com/api-reference/conversations/conversations-list

const Text = z.string().nullish();
const Sender = z
  .looseObject({
    id: z.union([z.int(), z.string()]).optional(),
    name: Text,
    email: Text,
    phone_number: Text,
    identifier: Text,
  })
  .nullish();

const ChatwootMessage = z.looseObject({
  id: z.union([z.int(), z.string()]),
  content: Text,
  /** 0 from the contact, 1 from an agent, 2 a line about what happened, 3 a template from an agent. */
  message_type: z.int(),
  /** Seconds since 1970. */
  created_at: z.number(),
  private: z.boolean().nullish(),
  attachments: z.array(z.looseObject({ id: z.unknown(), file_type: Text, data_url: Text })).nullish(),
  sender: Sender,
});
type ChatwootMessage = z.infer<typeof ChatwootMessage>;

const ChatwootConversation = z.looseObject({
  id: z.union([z.int(), z.string()]),
  status: z.string(),
  meta: z.looseObject({ sender: Sender, channel: Text, assignee: Sender }),
  messages: z.array(z.unknown()),
});
type ChatwootConversation = z.infer<typeof ChatwootConversation>;

const Listing = z.union([
  z
    .looseObject({ data: z.looseObject({ payload: z.array(z.unknown()) }) })
    .transform(({ data }) => data.payload),
  z.looseObject({ payload: z.array(z.unknown()) }).transform(({ payload }) => payload),
  z.array(z.unknown()),
]);

const CHANNELS: Record<string, Channel> = {
  'Channel::Whatsapp': 'whatsapp',
  'Channel::WebWidget': 'web',
  'Channel::Email': 'email',
  'Channel::FacebookPage': 'facebook_messenger',
  'Channel::Instagram': 'instagram_dm',
  'Channel::Sms': 'sms',
  'Channel::TwilioSms': 'sms',
  'Channel::Api': 'api',
};

const ACTIVITY = 2;
const INCOMING = 0;

/**
 * Reads the conversations of a Chatwoot account with their messages.
 * @throws UserError where the file is no JSON of that kind
 */
export function parseChatwoot(file: string, content: string): ReadTranscripts {
  const listing = Listing.safeParse(parseJson(file, content));
  if (!listing.success)
    throw new UserError(`${file} has no conversations of Chatwoot: expected data.payload`);
  const reading = emptyReading();
  for (const [index, value] of listing.data.entries()) {
    const parsed = ChatwootConversation.safeParse(value);
    const place = `${file}:conversation ${parsed.success ? parsed.data.id : index + 1}`;
    if (!parsed.success) reading.faults.push({ place, problem: validationMessage(parsed.error) });
    else reading.transcripts.push({ place, transcript: transcriptOf(place, parsed.data, reading) });
  }
  return reading;
}

function transcriptOf(
  place: string,
  conversation: ChatwootConversation,
  reading: ReadTranscripts,
): SourceTranscript {
  const { id, status, meta } = conversation;
  const messages: SourceMessage[] = [];
  for (const [index, value] of conversation.messages.entries()) {
    const parsed = ChatwootMessage.safeParse(value);
    const at = `${place}/message ${parsed.success ? parsed.data.id : index + 1}`;
    if (!parsed.success) reading.faults.push({ place: at, problem: validationMessage(parsed.error) });
    else if (parsed.data.message_type === ACTIVITY)
      reading.leftOut.push({ place: at, problem: 'A line about what happened, not a message' });
    else messages.push({ place: at, ...messageOf(parsed.data) });
  }
  const { sender, channel, assignee } = meta;
  const known = CHANNELS[channel ?? ''];
  if (known === undefined)
    reading.notes.push(`${place} comes in on the channel api: ${channel ?? 'it has none'}`);
  const { name, email, phone_number: phone } = sender ?? {};
  return {
    id: String(id),
    channel: known ?? 'api',
    contact: {
      id: sender?.identifier || email || phone || `chatwoot:${sender?.id ?? `conversation-${id}`}`,
      ...(name != null && name !== '' && { name }),
      ...(email != null && email !== '' && { email }),
      ...(phone != null && phone !== '' && { phone }),
    },
    ...(assignee?.name && { owner: assignee.name }),
    closed: status === 'resolved',
    tags: [],
    metadata: {},
    messages,
  };
}

function messageOf(message: ChatwootMessage): TranscriptMessage {
  const files = (message.attachments ?? []).flatMap(({ data_url: url, file_type: type }) =>
    url ? [{ type: 'attachment' as const, url, ...(type && { name: type }) }] : [],
  );
  return {
    id: String(message.id),
    at: timestamp(message.created_at * 1_000),
    author:
      message.message_type === INCOMING
        ? { kind: 'customer' }
        : { kind: 'agent', name: message.sender?.name || 'Chatwoot' },
    internal: message.private === true,
    text: message.content ?? '',
    ...(files.length > 0 && { parts: files }),
  };
}
