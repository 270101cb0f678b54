import type {
  ConversationId,
  ListMessages,
  ListRefusedMessages,
  GetMessageContext,
  MessageContext,
  MessageEntry,
  Page,
  RefusedMessage,
  TenantId,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { entryOf, readEntry } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { pageOfConversation, requireConversation } from './conversation.ts';
import { JSON_OF_A_CHARACTER, PageBytes, readItems } from './page-bytes.ts';
import { readPage, SeqPosition } from './page.ts';

/** Tokens for a message's role and delimiters. */
const TOKENS_OF_A_FRAME = 4;
const CHARACTERS_OF_A_TOKEN = 4;

/** Most bytes of JSON that a message has beside its words and those of its parts. */
const BYTES_OF_A_FRAME = 50_000;

/** How many messages the context reads from the store at once. */
const CONTEXT_CHUNK = 50;

/** A message as callers see it; null where it cannot be read. */
export function readMessage(collections: Collections, document: Document): MessageEntry | null {
  const entry = readEntry(collections, document);
  return entry?.kind === 'message' ? entry : null;
}

/**
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListMessages,
): Promise<Page<MessageEntry>> {
  const { conversationId, order, visibility } = input;
  const [direction, beyond] = order === 'oldest' ? ([1, '$gt'] as const) : ([-1, '$lt'] as const);
  const page = readPage<MessageEntry, [number]>(
    { tenantId, procedure: 'messages.list', input },
    {
      position: SeqPosition,
      positionOf: ({ seq }) => [seq],
      read: async (after, limit) => {
        const documents = collections.timeline.collection
          .find(
            {
              tenantId,
              conversationId: new ObjectId(conversationId),
              kind: 'message',
              ...(visibility && { visibility }),
              ...(after && { seq: { [beyond]: after[0] } }),
            },
            { maxTimeMS: READ_TIMEOUT_MS, raw: true },
          )
          .sort({ seq: direction })
          .hint('by_seq')
          .limit(limit);
        return readItems(documents, (document) => readMessage(collections, document));
      },
    },
  );
  return pageOfConversation(collections, tenantId, conversationId, page);
}

/**
 * How many tokens a message takes, by estimate: a quarter of its characters (text, arguments and results of
 * tools, attachments' addresses), rounded up, and four for its frame.
 */
export function estimateTokens({ text, parts = [] }: Pick<MessageEntry, 'text' | 'parts'>): number {
  let characters = text.length;
  for (const part of parts) {
    if (part.type === 'tool_call') characters += part.name.length + part.arguments.length;
    else if (part.type === 'tool_result') characters += (part.name?.length ?? 0) + part.result.length;
    else characters += (part.name?.length ?? 0) + part.url.length;
  }
  return Math.ceil(characters / CHARACTERS_OF_A_TOKEN) + TOKENS_OF_A_FRAME;
}

/**
 * The newest messages that fit a budget of tokens, oldest first; what was redacted has nothing to say.
 * Reads from the newest and stops at the first message that does not fit, there or in a page's bytes: `truncated` tells
 * of one.
 * @throws Refusal NOT_FOUND
 */
async function context(
  collections: Collections,
  tenantId: TenantId,
  input: GetMessageContext,
): Promise<MessageContext> {
  const { conversationId, tokenBudget, includeInternal } = input;
  const messages: MessageEntry[] = [];
  const bytes = new PageBytes();
  let tokens = 0;
  let truncated = false;
  await using newest = collections.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        kind: 'message',
        redactedAt: null,
        ...(!includeInternal && { visibility: 'public' }),
      },
      { maxTimeMS: READ_TIMEOUT_MS, batchSize: CONTEXT_CHUNK },
    )
    .sort({ seq: -1 })
    .hint('by_seq');
  for await (const document of newest) {
    const message = readMessage(collections, document);
    if (message === null) continue;
    const needed = estimateTokens(message);
    const atMost = needed * CHARACTERS_OF_A_TOKEN * JSON_OF_A_CHARACTER + BYTES_OF_A_FRAME;
    if (tokens + needed > tokenBudget || !bytes.takes(message, atMost)) {
      truncated = true;
      break;
    }
    messages.push(message);
    tokens += needed;
  }
  if (messages.length === 0 && !truncated) await requireConversation(collections, tenantId, conversationId);
  return { messages: messages.toReversed(), tokens, truncated };
}

/**
 * The message that a sender's own id already stands for; null where it was never said.
 * @throws Refusal UNREADABLE
 */
async function findByClientMessageId(
  collections: Collections,
  tenantId: TenantId,
  { conversationId, clientMessageId }: { conversationId: ConversationId; clientMessageId: string },
): Promise<MessageEntry | null> {
  const document = await collections.timeline.collection.findOne(
    { tenantId, conversationId: new ObjectId(conversationId), clientMessageId },
    { maxTimeMS: READ_TIMEOUT_MS, hint: 'by_client_message' },
  );
  if (document === null) return null;
  const entry = entryOf(collections.timeline.decode(document));
  return entry.kind === 'message' ? entry : null;
}

/**
 * What agents said in public while they did not own the conversation: the newest, oldest first.
 * @throws Refusal NOT_FOUND
 */
async function refused(
  collections: Collections,
  tenantId: TenantId,
  { conversationId }: ListRefusedMessages,
): Promise<RefusedMessage[]> {
  const document = await collections.refusals.collection.findOne(
    byId({ tenantId, conversationId: new ObjectId(conversationId) }),
    { maxTimeMS: READ_TIMEOUT_MS },
  );
  if (document !== null) return collections.refusals.decode(document).messages;
  await requireConversation(collections, tenantId, conversationId);
  return [];
}

export const messageQueries = { list, refused, context, findByClientMessageId };
