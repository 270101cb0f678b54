import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '@baton/domain';
import {
  type Command,
  ConversationId,
  type MessageEntry,
  type NewMessage,
  type TenantId,
} from '@baton/schema';
import canonicalize from 'canonicalize';
import { type ClientSession, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { entryOf } from '../schema/mapping.ts';
import { type Collections, unreadableRefusal } from '../schema/open-collections.ts';
import type { FirstResult } from './history.ts';
import type { Place } from './snapshots.ts';

/** A command's fingerprint: the same for the same command and input, whatever the order of its keys. */
export function commandHash(name: string, input: object): string {
  const { idempotencyKey: _key, ...rest } = input as { idempotencyKey?: string };
  return createHash('sha256')
    .update(canonicalize([name, rest]) ?? '')
    .digest('base64url');
}

export function reusedKeyRefusal(idempotencyKey: string): Refusal {
  const message = 'This idempotencyKey was used with another input';
  return new Refusal('IDEMPOTENCY_MISMATCH', message, { idempotencyKey });
}

/**
 * The first result of what was done under a key.
 * @throws Refusal IDEMPOTENCY_MISMATCH
 */
export function firstResultOfKey(record: WireDocument<'idempotency'>, hash: string): FirstResult {
  const { tenantId, key } = record._id;
  if ('answer' in record || record.hash !== hash) throw reusedKeyRefusal(key);
  return { tenantId, conversationId: record.conversationId, version: record.version };
}

/** A command, or the restore of a timeline, which says nothing new. */
type Written = Command | { type: 'conversations.restore' };

/** The messages that a command carries, under ids of their sender. */
export function messagesOf(command: Written): NewMessage[] {
  if (command.type === 'messages.append') return [command.input];
  return command.type === 'messages.appendTurn' ? command.input.messages : [];
}

function isSameMessage(entry: MessageEntry, message: NewMessage): boolean {
  const comparable = ({
    author,
    visibility,
    inReplyTo,
    supersedes,
    sentAt,
    usage,
  }: MessageEntry | NewMessage) => ({
    author: { ...author },
    visibility,
    inReplyTo,
    supersedes,
    sentAt,
    usage: usage && { ...usage },
  });
  if (!isDeepStrictEqual(comparable(entry), comparable(message))) return false;
  // What a redacted message said can no longer be compared.
  return (
    entry.redactedAt !== null ||
    (entry.text === message.text &&
      isDeepStrictEqual(entry.parts, message.parts) &&
      isDeepStrictEqual(entry.raw, message.raw))
  );
}

/** The messages of a conversation that are in the timeline already, by their sender's ids; null where one cannot be read. */
export type SaidMessages = ReadonlyMap<string, MessageEntry | null>;

/** Of the messages that commands carry, those that were said before, by conversation. */
export async function findSaidMessages(
  { timeline }: Collections,
  tenantId: TenantId,
  commands: readonly { conversationId: ConversationId; command: Written }[],
  session?: ClientSession,
): Promise<Map<ConversationId, SaidMessages>> {
  const filters = commands.flatMap(({ conversationId, command }) => {
    const ids = messagesOf(command).map(({ clientMessageId }) => clientMessageId);
    if (ids.length === 0) return [];
    const place = { tenantId, conversationId: new ObjectId(conversationId) };
    return [{ ...place, clientMessageId: { $in: ids, $exists: true } }];
  });
  const said = new Map<ConversationId, Map<string, MessageEntry | null>>();
  const [first, ...others] = filters;
  if (first === undefined) return said;
  const documents = await timeline.collection
    .find(others.length === 0 ? first : { $or: filters }, {
      maxTimeMS: READ_TIMEOUT_MS,
      ...(session && { session }),
    })
    .toArray();
  for (const document of documents) {
    const known = timeline.tryDecode(document);
    const entry = known === null ? null : entryOf(known);
    if (entry !== null && entry.kind !== 'message') continue;
    const conversationId = ConversationId.parse(String(document['conversationId']));
    const ofConversation = said.get(conversationId) ?? new Map<string, MessageEntry | null>();
    said.set(conversationId, ofConversation.set(String(document['clientMessageId']), entry));
  }
  return said;
}

/**
 * The first result of messages that were said before; null where none of them was.
 * @throws Refusal IDEMPOTENCY_MISMATCH where an id stands with other words, or only a part of a turn does
 * @throws Refusal UNREADABLE where what was said cannot be read
 */
export function firstResultOfMessages(
  { tenantId, conversationId }: Place,
  command: Written,
  said: SaidMessages = new Map(),
): FirstResult | null {
  const messages = messagesOf(command);
  const entries = messages.map(({ clientMessageId }) => said.get(clientMessageId));
  if (entries.every((entry) => entry === undefined)) return null;
  if (entries.includes(null)) throw unreadableRefusal('timeline');
  const [first] = entries;
  const isSame = messages.every((message, index) => {
    const entry = entries[index];
    return entry != null && entry.version === first?.version && isSameMessage(entry, message);
  });
  if (isSame && first != null) {
    const { version, seq } = first;
    return { tenantId, conversationId, version, messages: { first: seq, last: entries.at(-1)?.seq ?? seq } };
  }
  const ids = messages.map(({ clientMessageId }) => clientMessageId);
  throw new Refusal('IDEMPOTENCY_MISMATCH', 'A clientMessageId was used with another message', {
    clientMessageIds: ids.filter((id) => said.has(id)),
  });
}
