import { isDeepStrictEqual } from 'node:util';
import { fold, isPreviewOf, shownText, standingMessages } from '@baton/domain';
import { type Conversation, ConversationId, type Entry, type MessageView, TenantId } from '@baton/schema';
import { BSON, type Document, ObjectId } from 'mongodb';
import { readMessage } from '../read/message.ts';
import type { WireDocument } from '../schema/collections.ts';
import { conversationOf, conversationToDocument, readStoredEntry } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import {
  project,
  projectSearchTerms,
  type Projected,
  PROJECTIONS,
  type ProjectionWrites,
} from '../write/projections.ts';
import { areSnapshotsRight } from './snapshot-report.ts';
import type { TenantWrite } from '../schema/tenant-collection.ts';

/** A conversation whose documents differ from what its timeline produces. */
export type RebuildDifference = {
  tenantId: TenantId;
  conversationId: ConversationId;
  /** The fields that differ, the projections that do, or what keeps the timeline from being folded. */
  fields: string[];
};

export type RebuildReport = { checked: number; differences: RebuildDifference[] };

/** A timeline, what it makes of the conversation, and how its messages stand in the store. */
type Timeline = { entries: Entry[]; ids: string[]; messages: MessageView[]; rebuilt: Conversation };

type StoredConversation = WireDocument<'conversations'>;

/** The top-level fields in which two conversations differ as they are stored, their lists among them. */
function differingFields(stored: StoredConversation, rebuilt: StoredConversation): string[] {
  const keys = new Set([...Object.keys(stored), ...Object.keys(rebuilt)]);
  return [...keys].filter((key) => {
    const left: unknown = Reflect.get(stored, key);
    return !isDeepStrictEqual(left, Reflect.get(rebuilt, key));
  });
}

/** Most entries of one conversation that are named because they cannot be read. */
const MAX_NAMED = 10;

/**
 * Folds every timeline again and compares it with the conversation that is kept; changes nothing. Entries
 * after the conversation's own last one are of commands that were committed since it was read, and left out.
 * @param onProgress how many conversations were checked, of how many
 */
export async function rebuild(
  collections: Collections,
  onProgress?: (checked: number, total: number) => void,
): Promise<RebuildReport> {
  const report: RebuildReport = { checked: 0, differences: [] };
  const conversations = collections.conversations.acrossTenants('check');
  const total = await conversations.estimatedDocumentCount();
  for await (const document of conversations.find({}).sort({ _id: 1 })) {
    report.differences.push(...(await differencesOf(collections, document)));
    report.checked += 1;
    onProgress?.(report.checked, total);
  }
  report.differences.push(...(await findOrphanedTimelines(collections)));
  return report;
}

async function differencesOf(collections: Collections, document: Document): Promise<RebuildDifference[]> {
  const stored = collections.conversations.tryDecode(document);
  const fields =
    stored === null
      ? await unreadableFields(collections, document)
      : await confirmedDifferences(collections, stored);
  return fields.length === 0 ? [] : difference(document['tenantId'], document['_id'], fields);
}

/** Which fields keep a conversation from being read: compared as they are stored, because they have no other form. */
async function unreadableFields(collections: Collections, document: Document): Promise<string[]> {
  const { tenantId, _id, lastSeq } = document;
  const timeline = await readTimeline(collections, { tenantId, _id, lastSeq });
  if ('fault' in timeline) return ['conversation: cannot be read', ...timeline.fault];
  const rebuilt = collections.conversations.encode(conversationToDocument(tenantId, timeline.rebuilt));
  const [left, right] = [BSON.EJSON.serialize(document), BSON.EJSON.serialize(rebuilt)];
  return Object.keys(rebuilt).filter((key) => !isDeepStrictEqual(left[key], right[key]));
}

/** None where it cannot even be said whose it is. */
function difference(tenant: unknown, conversation: unknown, fields: string[]): RebuildDifference[] {
  const tenantId = TenantId.safeParse(tenant);
  const conversationId = ConversationId.safeParse(String(conversation));
  if (!tenantId.success || !conversationId.success) return [];
  return [{ tenantId: tenantId.data, conversationId: conversationId.data, fields }];
}

/** The timelines whose conversation is gone. */
async function findOrphanedTimelines(collections: Collections): Promise<RebuildDifference[]> {
  const timeline = collections.timeline.acrossTenants('check');
  const tenantIds: unknown[] = await timeline.distinct('tenantId');
  const orphans = timeline.aggregate([
    { $match: { tenantId: { $in: tenantIds }, kind: 'created' } },
    { $project: { tenantId: 1, conversationId: 1 } },
    {
      $lookup: {
        from: collections.conversations.collection.collectionName,
        localField: 'conversationId',
        foreignField: '_id',
        pipeline: [{ $project: { _id: 1 } }],
        as: 'conversation',
      },
    },
    { $match: { conversation: [] } },
  ]);
  const differences: RebuildDifference[] = [];
  for await (const { tenantId, conversationId } of orphans) {
    differences.push(...difference(tenantId, conversationId, ['conversation: missing']));
  }
  return differences;
}

/** What differs, where no command has changed the conversation meanwhile: a redaction blanks earlier entries. */
async function confirmedDifferences(collections: Collections, stored: StoredConversation): Promise<string[]> {
  const fields = await compareWithTimeline(collections, stored);
  if (fields.length === 0) return fields;
  const { tenantId, _id } = stored;
  const document = await collections.conversations.collection.findOne({ tenantId, _id: new ObjectId(_id) });
  if (document === null) return [];
  const now = collections.conversations.tryDecode(document);
  if (now === null) return ['conversation: cannot be read'];
  return now.version === stored.version ? fields : confirmedDifferences(collections, now);
}

async function compareWithTimeline(collections: Collections, stored: StoredConversation): Promise<string[]> {
  const { tenantId, _id, lastSeq } = stored;
  const timeline = await readTimeline(collections, { tenantId, _id: new ObjectId(_id), lastSeq });
  if ('fault' in timeline) return timeline.fault;
  const rebuilt = withPreviewOf(stored, timeline);
  const projections = await differingProjections(collections, tenantId, conversationOf(stored), timeline);
  const place = { tenantId, conversationId: rebuilt.id };
  const snapshots = (await areSnapshotsRight(collections, place, timeline.entries)) ? [] : ['snapshots'];
  return [
    ...differingFields(stored, conversationToDocument(tenantId, rebuilt)),
    ...(areMessagesRight(timeline) ? [] : ['messages']),
    ...projections,
    ...snapshots,
  ];
}

/** Whether each message stands in the store as the entries about it say. */
function areMessagesRight({ entries, messages }: Pick<Timeline, 'entries' | 'messages'>): boolean {
  const standing = standingMessages(entries);
  return messages.every((message) => isDeepStrictEqual(message, standing.get(message.seq)));
}

/** The rebuilt conversation, with the preview that is stored where the version before cut it from the same text. */
function withPreviewOf(
  { lastMessage }: StoredConversation,
  { entries, rebuilt }: { entries: readonly Entry[]; rebuilt: Conversation },
): Conversation {
  const message = standingMessages(entries).get(rebuilt.lastMessage?.seq ?? 0);
  if (rebuilt.lastMessage === null || lastMessage === null || message === undefined) return rebuilt;
  const { preview } = lastMessage;
  if (message.redactedAt !== null || !isPreviewOf(preview, shownText(message))) return rebuilt;
  return { ...rebuilt, lastMessage: { ...rebuilt.lastMessage, preview } };
}

/** The fold of a timeline up to the conversation's last entry, or what keeps it from being folded. */
async function readTimeline(
  collections: Collections,
  { tenantId, _id, lastSeq }: { tenantId: unknown; _id: unknown; lastSeq: unknown },
): Promise<Timeline | { fault: string[] }> {
  const messages: MessageView[] = [];
  const entries: Entry[] = [];
  const unreadable: string[] = [];
  const ids: string[] = [];
  // What is damaged may name no tenant that can be read.
  const cursor = collections.timeline
    .acrossTenants('check')
    .find({ tenantId, conversationId: _id, ...(typeof lastSeq === 'number' && { seq: { $lte: lastSeq } }) })
    .sort({ seq: 1 });
  for await (const document of cursor) {
    const stored = readStoredEntry(collections, document);
    if (stored === null || stored.entry.kind === 'unknown') {
      unreadable.push(`entry ${Number(document['seq'])} cannot be read`);
    } else {
      entries.push(stored.entry);
      ids.push(stored.id ?? '');
      const message = stored.entry.kind === 'message' ? readMessage(collections, document) : null;
      if (message !== null) messages.push(message);
    }
  }
  // A fold without them would say of everything else that it differs.
  if (unreadable.length > 0)
    return { fault: unreadable.slice(0, MAX_NAMED).map((problem) => `timeline: ${problem}`) };
  try {
    const rebuilt = fold(entries);
    return rebuilt === null ? { fault: ['timeline: empty'] } : { entries, ids, messages, rebuilt };
  } catch (error) {
    return { fault: [`timeline: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

function writtenDocument(write: TenantWrite): Document {
  if ('replaceOne' in write) return write.replaceOne.replacement;
  if ('insertOne' in write) return write.insertOne.document;
  throw new Error('A projection is written in another way');
}

/** A projection's documents by id or by seq and field, without what the timeline does not decide. */
function comparable(
  collection: Collections[Projected],
  name: Projected,
  documents: readonly Document[],
): Map<string, object> {
  return new Map(
    documents.map((document) => {
      const readable = collection.tryDecode(document);
      if (readable === null) return [String(document['_id']), {}];
      const { _id, ...answer } = readable;
      if (name === 'qualification_answers') return [`${document['seq']}/${document['field']}`, answer];
      return [_id, { ...answer, lease: null }];
    }),
  );
}

/** The projections whose documents differ from those that the entries produce. */
async function differingProjections(
  collections: Collections,
  tenantId: TenantId,
  { id, channel, contactId, status, pausedUntil }: Conversation,
  { entries, ids }: { entries: readonly Entry[]; ids: readonly string[] },
): Promise<string[]> {
  const writes: ProjectionWrites = new Map();
  const messages = standingMessages(entries);
  for (const [index, entry] of entries.entries()) {
    project(writes, collections, { tenantId, channel }, entry);
    const standing = messages.get(entry.seq) ?? entry;
    projectSearchTerms(writes, collections, { tenantId, entryId: ids[index] ?? '' }, standing);
  }
  const conversationId = new ObjectId(id);
  const differing: string[] = [];
  for (const name of PROJECTIONS) {
    const stored = await collections[name].collection.find({ tenantId, conversationId }).toArray();
    const expected = (writes.get(name) ?? []).map(writtenDocument);
    if (
      !isDeepStrictEqual(
        comparable(collections[name], name, expected),
        comparable(collections[name], name, stored),
      )
    )
      differing.push(name);
  }
  const active = await collections.active_conversations.collection.findOne(
    byId({ tenantId, contactId, channel }),
  );
  const paused = await collections.paused_conversations.collection.findOne({ tenantId, _id: conversationId });
  const until = paused && collections.paused_conversations.tryDecode(paused)?.until;
  if ((until ?? undefined) !== pausedUntil) differing.push('paused_conversations');
  const isListedAsActive = active !== null && conversationId.equals(active['conversationId']);
  return isListedAsActive === (status === 'active') ? differing : [...differing, 'active_conversations'];
}
