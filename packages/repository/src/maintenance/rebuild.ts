import { isDeepStrictEqual } from 'node:util';
import { fold } from '@baton/domain';
import { type Conversation, ConversationId, type Entry, TenantId } from '@baton/schema';
import { type AnyBulkWriteOperation, type Document, ObjectId } from 'mongodb';
import type { WireDocument } from '../schema/collections.ts';
import { conversationToDocument, conversationOf, entryOf } from '../schema/mapping.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { project, type Projected, PROJECTIONS, type ProjectionWrites } from '../write/projections.ts';

/** A conversation whose documents differ from what its timeline produces. */
export type RebuildDifference = {
  tenantId: TenantId;
  conversationId: ConversationId;
  /** The fields that differ, the projections that do, or what keeps the timeline from being folded. */
  fields: string[];
};

export type RebuildReport = { checked: number; differences: RebuildDifference[] };

type StoredConversation = WireDocument<'conversations'>;

/** The top-level fields in which two conversations differ as they are stored, their lists among them. */
function differingFields(stored: StoredConversation, rebuilt: StoredConversation): string[] {
  const keys = new Set([...Object.keys(stored), ...Object.keys(rebuilt)]);
  return [...keys].filter((key) => {
    const left: unknown = Reflect.get(stored, key);
    return !isDeepStrictEqual(left, Reflect.get(rebuilt, key));
  });
}

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
  const total = await collections.conversations.collection.estimatedDocumentCount();
  for await (const document of collections.conversations.collection.find().sort({ _id: 1 })) {
    const stored = collections.conversations.decode(document);
    const fields = await confirmedDifferences(collections, stored);
    if (fields.length > 0)
      report.differences.push({ tenantId: stored.tenantId, conversationId: stored._id, fields });
    report.checked += 1;
    onProgress?.(report.checked, total);
  }
  report.differences.push(...(await findOrphanedTimelines(collections)));
  return report;
}

/** The timelines whose conversation is gone. */
async function findOrphanedTimelines(collections: Collections): Promise<RebuildDifference[]> {
  const tenantIds: string[] = await collections.timeline.collection.distinct('tenantId');
  const orphans = collections.timeline.collection.aggregate([
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
    differences.push({
      tenantId: TenantId.parse(tenantId),
      conversationId: ConversationId.parse(String(conversationId)),
      fields: ['conversation: missing'],
    });
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
  const now = collections.conversations.decode(document);
  return now.version === stored.version ? fields : confirmedDifferences(collections, now);
}

async function compareWithTimeline(collections: Collections, stored: StoredConversation): Promise<string[]> {
  const { tenantId, _id, lastSeq } = stored;
  const entries: Entry[] = [];
  const cursor = collections.timeline.collection
    .find({ tenantId, conversationId: new ObjectId(_id), seq: { $lte: lastSeq } })
    .sort({ seq: 1 });
  for await (const document of cursor) entries.push(entryOf(collections.timeline.decode(document)));
  try {
    const rebuilt = fold(entries);
    if (rebuilt === null) return ['timeline: empty'];
    const projections = await differingProjections(collections, tenantId, conversationOf(stored), entries);
    return [...differingFields(stored, conversationToDocument(tenantId, rebuilt)), ...projections];
  } catch (error) {
    return [`timeline: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function writtenDocument(write: AnyBulkWriteOperation): Document {
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
      const { _id, ...answer } = collection.decode(document);
      if (name === 'qualification_answers') return [`${document['seq']}/${document['field']}`, answer];
      return [_id, { ...answer, lease: null }];
    }),
  );
}

/** The projections whose documents differ from those that the entries produce. */
async function differingProjections(
  collections: Collections,
  tenantId: TenantId,
  { id, channel, contactId, status }: Conversation,
  entries: readonly Entry[],
): Promise<string[]> {
  const writes: ProjectionWrites = new Map();
  for (const entry of entries) project(writes, collections, { tenantId, channel }, entry);
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
  const isListedAsActive = active !== null && conversationId.equals(active['conversationId']);
  return isListedAsActive === (status === 'active') ? differing : [...differing, 'active_conversations'];
}
