import { CHARACTERS_OF_A_TOKEN, estimateTokens, MessageWindow } from '@baton/domain';
import {
  type ConversationId,
  type GetMessageContext,
  type ListMessages,
  type ListRefusedMessages,
  type MessageContext,
  type MessageEntry,
  type MessageView,
  type Page,
  REFUSED_MESSAGES_LIMIT,
  type RefusedMessage,
  type TenantId,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { REFUSAL_COLLECTIONS } from '../schema/collections.ts';
import { entryOf, messageViewOf } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { pageOfConversation, requireConversation } from './conversation.ts';
import { type FoundItems, JSON_OF_A_CHARACTER, PageBytes, readItems } from './page-bytes.ts';
import { readPage, SeqPosition } from './page.ts';

/** Most bytes of JSON that a message has beside its words and those of its parts. */
const BYTES_OF_A_FRAME = 50_000;

/** How many messages the context reads from the store at once. */
const CONTEXT_CHUNK = 50;

/** A message as it stands now; null where it cannot be read. */
export function readMessage(collections: Collections, document: Document): MessageView | null {
  const stored = collections.timeline.tryDecode(document);
  return stored?.kind === 'message' ? messageViewOf(stored) : null;
}

/**
 * A page of a conversation's messages, read by `read`.
 * @throws Refusal INVALID_CURSOR
 */
export function messagePage(
  tenantId: TenantId,
  input: ListMessages,
  read: (after: [number] | null, limit: number) => Promise<FoundItems<MessageView>>,
): Promise<Page<MessageView>> {
  return readPage<MessageView, [number]>(
    { tenantId, procedure: 'messages.list', input: { ...input } },
    { position: SeqPosition, positionOf: ({ seq }) => [seq], read },
  );
}

/**
 * @throws Refusal NOT_FOUND
 * @throws Refusal INVALID_CURSOR
 */
async function list(
  collections: Collections,
  tenantId: TenantId,
  input: ListMessages,
): Promise<Page<MessageView>> {
  const { conversationId, order, visibility } = input;
  const [direction, beyond] = order === 'oldest' ? ([1, '$gt'] as const) : ([-1, '$lt'] as const);
  const page = messagePage(tenantId, input, async (after, limit) => {
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
  });
  return pageOfConversation(collections, tenantId, conversationId, page);
}

/**
 * The newest messages that fit a budget of tokens, oldest first; what was redacted has nothing to say, and what a newer one
 * replaces is left out. A tool's call and
 * its result stand there together, or not at all. Reads from the newest and stops at the first message that does not fit, there or in a page's bytes: `truncated` tells
 * of one.
 * @throws Refusal NOT_FOUND
 */
async function context(
  collections: Collections,
  tenantId: TenantId,
  input: GetMessageContext,
): Promise<MessageContext> {
  const { conversationId, tokenBudget, includeInternal } = input;
  const window = new MessageWindow(tokenBudget);
  const bytes = new PageBytes();
  const superseded = new Set<number>();
  let truncated = false;
  const hideAnswered = async (next: readonly MessageEntry[] = []): Promise<void> => {
    const open = includeInternal ? null : window.openCalls(next);
    if (open !== null)
      window.hide(open, await internalResults(collections, tenantId, { conversationId, ...open }));
  };
  await using newest = collections.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        kind: 'message',
        // One that was redacted still stands in the place of what it replaces.
        $or: [{ redactedAt: null }, { supersedes: { $exists: true } }],
        ...(!includeInternal && { visibility: 'public' }),
      },
      { maxTimeMS: READ_TIMEOUT_MS, batchSize: CONTEXT_CHUNK },
    )
    .sort({ seq: -1 })
    .hint('by_seq');
  for await (const document of newest) {
    const message = readMessage(collections, document);
    if (message === null) continue;
    if (message.supersedes !== undefined) superseded.add(message.supersedes);
    if (superseded.has(message.seq)) window.leaveOut(message);
    if (superseded.has(message.seq) || message.redactedAt !== null) continue;
    if (!window.fits(message)) await hideAnswered([message]);
    if (!window.fits(message) || !bytes.takes(message, mostBytes(message))) {
      truncated = true;
      break;
    }
    window.add(message);
  }
  await hideAnswered();
  const { messages, tokens } = window.finish();
  if (messages.length === 0 && !truncated) await requireConversation(collections, tenantId, conversationId);
  return { messages, tokens, truncated };
}

/** Most bytes of JSON that a message takes; Infinity where only looking tells. */
function mostBytes(message: MessageEntry): number {
  if (message.parts !== undefined || message.raw !== undefined) return Infinity;
  return estimateTokens(message) * CHARACTERS_OF_A_TOKEN * JSON_OF_A_CHARACTER + BYTES_OF_A_FRAME;
}

/** The internal messages with results of tools' calls: which results, without what they say. */
function internalResults(
  collections: Collections,
  tenantId: TenantId,
  {
    conversationId,
    callIds,
    afterSeq,
  }: { conversationId: ConversationId; callIds: string[]; afterSeq: number },
): Promise<Pick<MessageEntry, 'seq' | 'parts'>[]> {
  return collections.timeline.collection
    .find<Pick<MessageEntry, 'seq' | 'parts'>>(
      {
        tenantId,
        conversationId: new ObjectId(conversationId),
        seq: { $gt: afterSeq },
        kind: 'message',
        redactedAt: null,
        visibility: 'internal',
        parts: { $elemMatch: { type: 'tool_result', callId: { $in: callIds } } },
      },
      {
        maxTimeMS: READ_TIMEOUT_MS,
        projection: { _id: 0, seq: 1, 'parts.type': 1, 'parts.callId': 1 },
        hint: 'by_seq',
      },
    )
    .toArray();
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
 * What agents said in public and were refused: the newest, oldest first.
 * @throws Refusal NOT_FOUND
 */
async function refused(
  collections: Collections,
  tenantId: TenantId,
  { conversationId }: ListRefusedMessages,
): Promise<RefusedMessage[]> {
  const kept = await Promise.all(
    REFUSAL_COLLECTIONS.map(async (name) => {
      const { collection, decode } = collections[name];
      const id = byId({ tenantId, conversationId: new ObjectId(conversationId) });
      const document = await collection.findOne(id, { maxTimeMS: READ_TIMEOUT_MS });
      return document === null ? [] : decode(document).messages;
    }),
  );
  const refusedMessages = kept.flat();
  if (refusedMessages.length === 0) await requireConversation(collections, tenantId, conversationId);
  return refusedMessages
    .toSorted((a, b) => a.afterSeq - b.afterSeq || a.at.localeCompare(b.at))
    .slice(-REFUSED_MESSAGES_LIMIT);
}

export const messageQueries = { list, refused, context, findByClientMessageId };
