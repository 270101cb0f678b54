import type { Document } from 'mongodb';
import { type CollectionName, declaredCollections } from '../schema/collections.ts';
import { decoderOf, Undecodable } from '../schema/decoder.ts';
import type { Collections } from '../schema/open-collections.ts';

/** One document that this version cannot read. */
export type UnreadableFinding = {
  collection: string;
  /** Its `_id` as JSON. */
  id: string;
  tenantId: string | null;
  /** The first field that is missing or wrong; empty where the whole document is. */
  field: string;
};

export type UnreadableReport = {
  checked: number;
  unreadable: number;
  /** The first hundred. */
  documents: UnreadableFinding[];
};

const MAX_LISTED = 100;
const BATCH_SIZE = 1_000;

/**
 * Reads every document of the store and says which this version cannot read; changes nothing.
 * @param onProgress how many were read, of about how many
 */
export async function reportUnreadable(
  collections: Collections,
  onProgress?: (checked: number, total: number) => void,
): Promise<UnreadableReport> {
  // The declarations' own keys, which `Object.keys` calls strings.
  const names = Object.keys(declaredCollections) as CollectionName[];
  const counts = await Promise.all(
    names.map((name) => collections[name].acrossTenants('check').estimatedDocumentCount()),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  const report: UnreadableReport = { checked: 0, unreadable: 0, documents: [] };
  for (const name of names) {
    const decode: (document: Document) => unknown = decoderOf(declaredCollections[name].schema);
    const collection = collections[name].acrossTenants('check');
    for await (const document of collection.find({}, { batchSize: BATCH_SIZE })) {
      report.checked += 1;
      onProgress?.(report.checked, total);
      const field = faultOf(decode, document);
      if (field === null) continue;
      report.unreadable += 1;
      if (report.documents.length < MAX_LISTED) report.documents.push(findingOf(name, document, field));
    }
  }
  return report;
}

/** The field at which a document cannot be read; null where it can. */
function faultOf(decode: (document: Document) => unknown, document: Document): string | null {
  try {
    decode(document);
    return null;
  } catch (error) {
    if (error instanceof Undecodable) return error.field;
    throw error;
  }
}

function findingOf(collection: string, { _id, tenantId }: Document, field: string): UnreadableFinding {
  const tenant: unknown = tenantId ?? (_id as Document | null)?.['tenantId'];
  return {
    collection,
    id: JSON.stringify(_id),
    tenantId: typeof tenant === 'string' ? tenant : null,
    field,
  };
}
