import type { Page } from '@baton/schema';
import { ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { CollectionName } from '../schema/collections.ts';
import { dateOfInstant } from '../schema/instant.ts';
import type { TypedCollection } from '../schema/open-collections.ts';
import { type FoundItems, readItems } from './page-bytes.ts';
import { afterPosition, InstantPosition, type Listing, readPage } from './page.ts';
import type { TenantFilter } from '../schema/tenant-collection.ts';

/** How a list by an instant is read: the index gives its order, so that mongod never sorts. */
export type InstantOrder = {
  filter: TenantFilter;
  /** The name of the index that has the filter's fields, then `field`, then `_id`. */
  index: string;
  field: string;
  direction: 1 | -1;
};

/** The documents after a position (null: from the start), in the order, at most `limit` and a page's bytes. */
export async function readByInstant<Name extends CollectionName>(
  collection: TypedCollection<Name>,
  { filter, index, field, direction }: InstantOrder,
  after: InstantPosition | null,
  limit: number,
): Promise<FoundItems<ReturnType<TypedCollection<Name>['decode']>>> {
  const position = after && { value: dateOfInstant(after[0]), id: new ObjectId(after[1]) };
  const documents = collection.collection
    .find(
      { $and: [filter, afterPosition(field, direction, position)] },
      { maxTimeMS: READ_TIMEOUT_MS, raw: true },
    )
    .sort({ [field]: direction, _id: direction })
    .hint(index)
    .limit(limit);
  return readItems(documents, (document) => collection.tryDecode(document));
}

/**
 * One page of documents by an instant and then by id.
 * @throws Refusal INVALID_CURSOR
 */
export async function listByInstant<Name extends CollectionName, Item>(
  collection: TypedCollection<Name>,
  listing: Listing,
  order: InstantOrder,
  mapping: {
    fromDocument(document: ReturnType<TypedCollection<Name>['decode']>): Item;
    positionOf(item: Item): InstantPosition;
  },
): Promise<Page<Item>> {
  return readPage(listing, {
    position: InstantPosition,
    positionOf: (found) => mapping.positionOf(found),
    read: async (after, limit) => {
      const { items, isCut } = await readByInstant(collection, order, after, limit);
      return { items: items.map((document) => document && mapping.fromDocument(document)), isCut };
    },
  });
}
