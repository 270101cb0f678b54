import { searchedText } from '@baton/domain';
import type { Channel, Entry, TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { newObjectId } from '../clock/clock.ts';
import { searchTermsDocument } from '../read/search/search-terms.ts';
import type { CollectionName } from '../schema/collections.ts';
import type { Collections } from '../schema/open-collections.ts';
import type { TenantWrite } from '../schema/tenant-collection.ts';

/** The collections that follow from entries. */
export const PROJECTIONS = [
  'handoffs',
  'objections',
  'follow_ups',
  'qualification_answers',
  'search_terms',
] as const satisfies readonly CollectionName[];
export type Projected = (typeof PROJECTIONS)[number];

/** The writes that lists and claims need, by collection. */
export type ProjectionWrites = Map<Projected, TenantWrite[]>;

/** Replaces a document by the state in its latest entry; a follow-up thereby loses its lease. */
function replace(document: Document): TenantWrite {
  const { _id, tenantId, conversationId } = document;
  return { replaceOne: { filter: { _id, tenantId, conversationId }, replacement: document, upsert: true } };
}

function addWrite(writes: ProjectionWrites, name: Projected, operation: TenantWrite): void {
  const list = writes.get(name);
  if (list === undefined) writes.set(name, [operation]);
  else list.push(operation);
}

/** Adds what search keeps of an entry; it stands for this very entry, so it has the entry's `_id`. */
export function projectSearchTerms(
  writes: ProjectionWrites,
  collections: Collections,
  { tenantId, entryId }: { tenantId: TenantId; entryId: string },
  entry: Entry,
): void {
  if (entry.kind !== 'message') return;
  const found = searchTermsDocument(tenantId, entryId, { ...entry, text: searchedText(entry) });
  if (found === null) return;
  addWrite(writes, 'search_terms', { insertOne: { document: collections.search_terms.encode(found) } });
}

/** Adds the writes that one entry causes in the other projections. */
export function project(
  writes: ProjectionWrites,
  collections: Collections,
  { tenantId, channel }: { tenantId: TenantId; channel: Channel },
  entry: Entry,
): void {
  const add = (name: Projected, operation: TenantWrite) => addWrite(writes, name, operation);
  switch (entry.kind) {
    case 'handoff': {
      const { id, ...handoff } = entry.handoff;
      add('handoffs', replace(collections.handoffs.encode({ _id: id, tenantId, channel, ...handoff })));
      return;
    }
    case 'objection': {
      const { id, ...objection } = entry.objection;
      add('objections', replace(collections.objections.encode({ _id: id, tenantId, channel, ...objection })));
      return;
    }
    case 'follow_up': {
      const { id, ...followUp } = entry.followUp;
      add(
        'follow_ups',
        replace(collections.follow_ups.encode({ _id: id, tenantId, channel, ...followUp, lease: null })),
      );
      return;
    }
    case 'qualification': {
      const { conversationId, seq, at } = entry;
      for (const field of ['budget', 'authority', 'need', 'timeline'] as const) {
        const answer = entry.answers[field];
        if (answer === undefined) continue;
        const _id = newObjectId(collections.clock).toHexString();
        const document = collections.qualification_answers.encode({
          _id,
          tenantId,
          conversationId,
          seq,
          field,
          at,
          answer,
        });
        add('qualification_answers', { insertOne: { document } });
      }
      return;
    }
    default:
  }
}
