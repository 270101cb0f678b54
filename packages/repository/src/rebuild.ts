import { isDeepStrictEqual } from 'node:util';
import { fold } from '@baton/domain';
import type { Conversation, ConversationId, Entry, TenantId } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { conversationOf, entryOf, type Tables } from './tables.ts';

/** A conversation whose document is not the fold of its timeline. */
export type RebuildDifference = {
  tenantId: TenantId;
  conversationId: ConversationId;
  /** The fields that differ, or what keeps the timeline from being folded. */
  fields: string[];
};

export type RebuildReport = { checked: number; differences: RebuildDifference[] };

/** The top-level fields in which two conversations differ; all of a missing one. */
function differingFields(kept: Conversation, rebuilt: Conversation): string[] {
  const keys = new Set([...Object.keys(kept), ...Object.keys(rebuilt)]);
  return [...keys].filter((key) => {
    const left: unknown = Reflect.get(kept, key);
    return !isDeepStrictEqual(left, Reflect.get(rebuilt, key));
  });
}

/**
 * Folds every timeline again and compares it with the conversation that is kept; changes nothing. Entries
 * after the conversation's own last one are of commands that were committed since it was read, and left out.
 * @param onProgress how many conversations were checked, of how many
 */
export async function rebuild(
  tables: Tables,
  onProgress?: (checked: number, total: number) => void,
): Promise<RebuildReport> {
  const report: RebuildReport = { checked: 0, differences: [] };
  const total = await tables.conversations.collection.estimatedDocumentCount();
  for await (const document of tables.conversations.collection.find().sort({ _id: 1 })) {
    const kept = tables.conversations.decode(document);
    const fields = await settledDifference(tables, kept.tenantId, conversationOf(kept));
    if (fields.length > 0)
      report.differences.push({ tenantId: kept.tenantId, conversationId: kept._id, fields });
    report.checked += 1;
    onProgress?.(report.checked, total);
  }
  return report;
}

/** What differs, where no command has changed the conversation meanwhile: a redaction blanks earlier entries. */
async function settledDifference(tables: Tables, tenantId: TenantId, kept: Conversation): Promise<string[]> {
  const fields = await compare(tables, tenantId, kept);
  if (fields.length === 0) return fields;
  const document = await tables.conversations.collection.findOne({ tenantId, _id: new ObjectId(kept.id) });
  if (document === null) return [];
  const now = conversationOf(tables.conversations.decode(document));
  return now.version === kept.version ? fields : settledDifference(tables, tenantId, now);
}

async function compare(tables: Tables, tenantId: TenantId, kept: Conversation): Promise<string[]> {
  const entries: Entry[] = [];
  const cursor = tables.timeline.collection
    .find({ tenantId, conversationId: new ObjectId(kept.id), seq: { $lte: kept.lastSeq } })
    .sort({ seq: 1 });
  for await (const document of cursor) entries.push(entryOf(tables.timeline.decode(document)));
  try {
    const rebuilt = fold(entries);
    return rebuilt === null ? ['timeline: empty'] : differingFields(kept, rebuilt);
  } catch (error) {
    return [`timeline: ${error instanceof Error ? error.message : String(error)}`];
  }
}
