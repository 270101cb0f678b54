import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { fold, type Outcome, Refusal } from '@baton/domain';
import type {
  Command,
  Conversation,
  ConversationId,
  KnownEntry,
  MessageEntry,
  NewMessage,
  TenantId,
  UnknownEntry,
} from '@baton/schema';
import canonicalize from 'canonicalize';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { conversationOf, entryOf, readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';
import { StaleRead } from './commit-error.ts';

/** A command's fingerprint: the same for the same command and input, whatever the order of its keys. */
export function commandHash(name: string, input: object): string {
  const { idempotencyKey: _key, ...rest } = input as { idempotencyKey?: string };
  return createHash('sha256')
    .update(canonicalize([name, rest]) ?? '')
    .digest('base64url');
}

/**
 * The first result of a command again: the fold of the timeline up to the version that it made.
 * Nothing but the version needs to be remembered, because the timeline is the truth. Where an entry before it cannot be
 * read there is no such fold: then the conversation is as it is by now.
 * @throws StaleRead where most servers do not have that version yet: a failover could still take it back
 * @throws Refusal UNREADABLE where an entry of the command itself cannot be read
 */
export async function outcomeAt(
  collections: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
  version: number,
): Promise<Outcome> {
  const cursor = collections.timeline.collection
    .find({ tenantId, conversationId: new ObjectId(conversationId) }, { maxTimeMS: READ_TIMEOUT_MS })
    .sort({ seq: 1 });
  const entries: KnownEntry[] = [];
  const unknown: (UnknownEntry | null)[] = [];
  for await (const document of cursor) {
    const entry = readEntry(collections, document);
    if (entry === null || entry.kind === 'unknown') unknown.push(entry);
    else if (entry.version > version) break;
    else entries.push(entry);
  }
  const own = entries.filter((entry) => entry.version === version);
  if (unknown.some((entry) => entry?.version === version)) {
    throw new Refusal('UNREADABLE', 'What this command made cannot be read by this version', {
      conversationId,
    });
  }
  const conversation =
    unknown.length === 0 ? fold(entries) : await currentConversation(collections, tenantId, conversationId);
  const isThere = unknown.length === 0 ? conversation?.version === version : own.length > 0;
  if (conversation === null || !isThere) throw new StaleRead('The first result is not safe yet');
  return { conversation, entries: own };
}

async function currentConversation(
  { conversations }: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
): Promise<Conversation | null> {
  const document = await conversations.collection.findOne(
    { _id: new ObjectId(conversationId), tenantId },
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  return document && conversationOf(conversations.decode(document));
}

export function reusedKeyRefusal(idempotencyKey: string): Refusal {
  const message = 'This idempotencyKey was used with another input';
  return new Refusal('IDEMPOTENCY_MISMATCH', message, { idempotencyKey });
}

/** A replayed command under its idempotency key. */
export async function replayKeyed(
  collections: Collections,
  tenantId: TenantId,
  record: WireDocument<'idempotency'>,
  hash: string,
): Promise<Outcome> {
  if ('answer' in record || record.hash !== hash) throw reusedKeyRefusal(record._id.key);
  return outcomeAt(collections, tenantId, record.conversationId, record.version);
}

/** The messages that a command carries, under ids of their sender. */
export function messagesOf(command: Command): NewMessage[] {
  if (command.type === 'messages.append') return [command.input];
  return command.type === 'messages.appendTurn' ? command.input.messages : [];
}

function isSameMessage(entry: MessageEntry, message: NewMessage): boolean {
  const comparable = ({ author, visibility, inReplyTo, usage }: MessageEntry | NewMessage) => ({
    author: { ...author },
    visibility,
    inReplyTo,
    usage: usage && { ...usage },
  });
  if (!isDeepStrictEqual(comparable(entry), comparable(message))) return false;
  // What a redacted message said can no longer be compared.
  return (
    entry.redactedAt !== null ||
    (entry.text === message.text && isDeepStrictEqual(entry.parts, message.parts))
  );
}

/**
 * The first result of messages that are in the timeline already; null where none of them is.
 * @throws Refusal IDEMPOTENCY_MISMATCH where an id stands with other words, or only a part of a turn does
 */
export async function replayMessages(
  collections: Collections,
  tenantId: TenantId,
  conversationId: ConversationId,
  command: Command,
): Promise<Outcome | null> {
  const messages = messagesOf(command);
  if (messages.length === 0) return null;
  const ids = messages.map((message) => message.clientMessageId);
  const documents = await collections.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        clientMessageId: { $in: ids, $exists: true },
      },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const [first] = documents;
  if (first === undefined) return null;
  const said = new Map<string, MessageEntry>();
  for (const document of documents) {
    const entry = entryOf(collections.timeline.decode(document));
    if (entry.kind === 'message') said.set(entry.clientMessageId, entry);
  }
  const version = said.get(ids[0] ?? '')?.version;
  const isSame = messages.every((message) => {
    const entry = said.get(message.clientMessageId);
    return entry !== undefined && entry.version === version && isSameMessage(entry, message);
  });
  if (!isSame || version === undefined) {
    throw new Refusal('IDEMPOTENCY_MISMATCH', 'A clientMessageId was used with another message', {
      clientMessageIds: [...said.keys()],
    });
  }
  return outcomeAt(collections, tenantId, conversationId, version);
}
