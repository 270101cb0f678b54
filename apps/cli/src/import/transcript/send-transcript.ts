import type { Conversation, Timestamp } from '@baton/schema';
import type { Api } from '../../api/api-command.ts';
import { allItems } from '../../api/pagination.ts';
import type { PreparedMessage, PreparedTranscript } from './prepare-transcripts.ts';

/** What an import has sent of a conversation. */
export type Sent = { conversation: Conversation; commands: number };

/**
 * Brings one conversation in, or what is new of it: messages are known by their ids, so a second import adds nothing,
 * and one of a longer transcript goes on where the first one ended, whatever was said in Baton since.
 * @param source the system that it comes from
 * @throws what the server refuses; the conversation stays as the last command left it
 */
export async function sendTranscript(
  api: Api,
  source: string,
  { transcript, owner, messages }: PreparedTranscript,
): Promise<Sent> {
  const key = `${source}:${transcript.id}`;
  const known = new Set<string>();
  let commands = 0;
  let conversation = await findImported(api, source, transcript);
  if (conversation !== null) {
    const conversationId = conversation.id;
    for await (const { clientMessageId } of allItems((page) =>
      api.messages.list.query({ conversationId, ...page }),
    ))
      known.add(clientMessageId);
  } else {
    const { contact, channel, tags, metadata } = transcript;
    const { id: contactId, ...details } = contact;
    conversation = await api.conversations.create.mutate({
      contactId,
      channel,
      contact: details,
      tags,
      metadata: { ...metadata, source, record: transcript.id },
      agentId: owner,
      ...(messages[0]?.at && { at: messages[0].at }),
      idempotencyKey: key,
    });
    commands += 1;
  }
  const added = messages.filter(({ message }) => !known.has(message.clientMessageId));
  for (const { at, message } of added) {
    const conversationId = conversation.id;
    const { author, visibility } = message;
    const isSaidByAnother =
      author.kind === 'agent' && visibility === 'public' && author.agentId !== conversation.owner.agentId;
    if (isSaidByAnother && author.agentId !== undefined) {
      const { agentId: by } = author;
      conversation = (
        await api.handoffs.takeover.mutate({
          conversationId,
          by,
          reason: 'Answered the customer',
          ...notBefore(conversation, at),
        })
      ).conversation;
      commands += 1;
    }
    const appended = await api.messages.append.mutate({
      conversationId,
      ...message,
      ...timesOf(conversation, at),
    });
    conversation = appended.conversation;
    commands += 1;
  }
  const isNew = added.length > 0 || known.size === 0;
  if (isNew) {
    const ended = await endTranscript(api, conversation, transcript, {
      key,
      at: messages.at(-1)?.at ?? null,
    });
    conversation = ended.conversation;
    commands += ended.commands;
  }
  return { conversation, commands };
}

async function findImported(
  api: Api,
  source: string,
  { id, contact }: PreparedTranscript['transcript'],
): Promise<Conversation | null> {
  for await (const conversation of allItems((page) =>
    api.conversations.history.query({ contactId: contact.id, ...page }),
  )) {
    const { metadata } = conversation;
    if (metadata['source'] === source && metadata['record'] === id) return conversation;
  }
  return null;
}

/** When a message was said; one that is older than what is there already comes behind it, with its own time beside. */
function timesOf(
  conversation: Conversation,
  at: PreparedMessage['at'],
): { at?: Timestamp; sentAt?: Timestamp } {
  const times = notBefore(conversation, at);
  return times.at === undefined && at !== null ? { sentAt: at } : times;
}

/** The instant of a command; of one that came before what is there already, the present. */
function notBefore({ updatedAt }: Conversation, at: PreparedMessage['at']): { at?: Timestamp } {
  return at !== null && at >= updatedAt ? { at } : {};
}

async function endTranscript(
  api: Api,
  conversation: Conversation,
  { stage, closed }: PreparedTranscript['transcript'],
  { key, at }: { key: string; at: Timestamp | null },
): Promise<Sent> {
  const conversationId = conversation.id;
  let current = conversation;
  let commands = 0;
  if (stage !== undefined && stage !== current.stage && current.closedAt === null) {
    const moved = await api.stages.transition.mutate({
      conversationId,
      to: stage,
      force: true,
      reason: 'Imported in this stage',
      ...notBefore(current, at),
      idempotencyKey: `${key}:stage:${current.version}`,
    });
    current = moved.conversation;
    commands += 1;
  }
  if (closed && current.closedAt === null) {
    current = await api.conversations.close.mutate({
      conversationId,
      reason: 'Imported as closed',
      ...notBefore(current, at),
      idempotencyKey: `${key}:close:${current.version}`,
    });
    commands += 1;
  }
  return { conversation: current, commands };
}
