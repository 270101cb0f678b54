import { previewOfMessage } from '@baton/domain';
import type { Conversation, ConversationId, LastMessage, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import { readEntry } from '../schema/mapping.ts';
import type { Collections } from '../schema/open-collections.ts';

/** How far back a public message is looked for, in entries. */
const LOOK_BACK = 500;
/** For how many conversations at once: they have one place among the tenant's reads. */
const LOOKED_FOR_TOGETHER = 8;

/** Of those conversations whose last message is an internal note: the last message before it that is public. */
export async function lastPublicMessages(
  collections: Collections,
  tenantId: TenantId,
  conversations: readonly Conversation[],
): Promise<Map<ConversationId, LastMessage | null>> {
  const notes = await findNotes(collections, tenantId, conversations);
  const found = new Map<ConversationId, LastMessage | null>();
  for (let from = 0; from < notes.length; from += LOOKED_FOR_TOGETHER) {
    const some = notes.slice(from, from + LOOKED_FOR_TOGETHER);
    await Promise.all(
      some.map(async ({ id, seq }) => found.set(id, await publicBefore(collections, tenantId, id, seq))),
    );
  }
  return found;
}

type Place = { id: ConversationId; seq: number };

/** Those whose last message is a note. No customer writes one. */
async function findNotes(
  { timeline }: Collections,
  tenantId: TenantId,
  conversations: readonly Conversation[],
): Promise<Place[]> {
  const asked = conversations.flatMap(({ id, lastMessage }) =>
    lastMessage === null || lastMessage.author.kind === 'customer' ? [] : [{ id, seq: lastMessage.seq }],
  );
  if (asked.length === 0) return [];
  const documents = await timeline.collection
    .find(
      { $or: asked.map(({ id, seq }) => ({ tenantId, conversationId: new ObjectId(id), seq })) },
      { projection: { conversationId: 1, visibility: 1 }, maxTimeMS: READ_TIMEOUT_MS },
    )
    .toArray();
  const notes = documents.filter(({ visibility }) => visibility === 'internal');
  const ids = new Set(notes.map(({ conversationId }) => String(conversationId)));
  return asked.filter(({ id }) => ids.has(id));
}

async function publicBefore(
  collections: Collections,
  tenantId: TenantId,
  id: ConversationId,
  before: number,
): Promise<LastMessage | null> {
  const [document] = await collections.timeline.collection
    .find(
      {
        tenantId,
        conversationId: new ObjectId(id),
        seq: { $lt: before, $gte: before - LOOK_BACK },
        kind: 'message',
        visibility: 'public',
      },
      { maxTimeMS: READ_TIMEOUT_MS },
    )
    .sort({ seq: -1 })
    .hint('by_seq')
    .limit(1)
    .toArray();
  const entry = document === undefined ? null : readEntry(collections, document);
  if (entry?.kind !== 'message') return null;
  const { seq, author, at } = entry;
  return { seq, author, preview: previewOfMessage(entry), at };
}
