import type { ConversationStatus, TenantId } from '@baton/schema';
import { type Document, type Filter, ObjectId } from 'mongodb';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { dateOfInstant } from '../schema/instant.ts';
import { type Collections, deserialize } from '../schema/open-collections.ts';
import { CaughtUpLists } from './caught-up-lists.ts';
import type { ContactReads } from './contact.ts';
import type { InstantOrder } from './instant-list.ts';
import { type FoundItems, JSON_OF_A_CHARACTER, PAGE_BYTES, PageBytes } from './page-bytes.ts';
import { afterPosition, type InstantPosition } from './page.ts';

/** A list that several filters narrow together, each of which may leave very many conversations. */
export type CombinedList = {
  tenantId: TenantId;
  sort: 'updatedAt' | 'waitingSince';
  /** The names in `listed_conversations`, of which each conversation that is meant has one. */
  names: string | { $in: string[] };
  status: ConversationStatus | { $in: ConversationStatus[] };
  /** What a conversation's own fields must be. */
  filter: Filter<Document>;
  /** One of its lists by the latest change, for those that have changed lately. */
  listedUnder: string | { $in: string[] };
  /** In milliseconds since 1970. */
  updatedAfter: number;
  /** An instant before which a follow-up must be due, which the index has too. */
  nextFollowUpAt: Document | undefined;
};

/** The place of a conversation in a list. */
type Place = { at: number; id: string; contactId?: string };

/** A look at what was named meanwhile ends after so many; the page then ends early. */
const MAX_LOOKS = 100;
/** How many conversations are read at a time. */
const READ_TOGETHER = 64;

const OPTIONS = { maxTimeMS: READ_TIMEOUT_MS };

const placeOf = ({ at, id }: Place) => ({ value: new Date(at), id: new ObjectId(id) });

/** @param path of the sort key, which a filter has found */
function placeIn(document: Document, path: string): Place {
  const { _id, contactId } = document;
  const value: unknown = path.split('.').reduce((inner: Document | undefined, key) => inner?.[key], document);
  const place = { at: value instanceof Date ? value.getTime() : 0, id: String(_id) };
  return typeof contactId === 'string' ? { ...place, contactId } : place;
}

/** Reads a combined list from a position on: what has been quiet for a while by its name, the rest as it is. */
export class CombinedReader {
  readonly #collections: Collections;
  readonly #list: CombinedList;
  readonly #contacts: ContactReads;
  readonly #direction: 1 | -1;
  /** The sort key in `conversations`. */
  readonly #field: string;

  constructor(
    collections: Collections,
    list: CombinedList,
    contacts: ContactReads,
    { field, direction }: Pick<InstantOrder, 'field' | 'direction'>,
  ) {
    this.#collections = collections;
    this.#list = list;
    this.#contacts = contacts;
    this.#field = field;
    this.#direction = direction;
  }

  async read(
    after: InstantPosition | null,
    limit: number,
  ): Promise<FoundItems<WireDocument<'conversations'>>> {
    const upTo = await CaughtUpLists.of(this.#collections).upTo(this.#list.tenantId);
    const start = after && { at: dateOfInstant(after[0]).getTime(), id: after[1] };
    const [changed, quiet] = await Promise.all([
      this.#changedSince(upTo, start, limit),
      this.#quiet(upTo, start, limit),
    ]);
    let last = quiet.at(-1);
    let hasMore = quiet.length === limit;
    let waiting = this.#merge(changed, quiet);
    const page = new FoundConversations();
    let looks = 0;
    for (; page.size < limit && !page.isFull && looks < MAX_LOOKS; looks += 1) {
      const next = waiting
        .filter((place) => !hasMore || last === undefined || this.#compare(place, last) <= 0)
        .slice(0, Math.min(limit - page.size, READ_TOGETHER));
      const end = next.at(-1);
      if (end !== undefined) {
        this.#contacts.ask(next.flatMap(({ contactId }) => contactId ?? []));
        await this.#load(next, start, page);
        page.end = end;
        waiting = waiting.slice(next.length);
      } else if (hasMore && last !== undefined) {
        // Some of those that were read have changed since they were named.
        const further = await this.#quiet(upTo, last, limit);
        hasMore = further.length === limit;
        last = further.at(-1) ?? last;
        waiting = this.#merge(waiting, further);
      } else {
        break;
      }
    }
    return this.#itemsOf(page, limit, waiting.length === 0 && !hasMore);
  }

  /** Those that have changed since the names were given; few, however many conversations there are. */
  async #changedSince(upTo: number, start: Place | null, limit: number): Promise<Place[]> {
    const { tenantId, listedUnder, status, filter, updatedAfter, sort } = this.#list;
    const since = Math.max(upTo, updatedAfter);
    if (sort === 'updatedAt' && start !== null && start.at <= since) return [];
    const conditions = {
      tenantId,
      listedUnder,
      status,
      $and: [
        filter,
        { updatedAt: { $gt: new Date(since) } },
        afterPosition(this.#field, this.#direction, start && placeOf(start)),
      ],
    };
    const documents = await this.#collections.conversations.collection
      .find(conditions, { ...OPTIONS, projection: { [this.#field]: 1, contactId: 1 }, hint: 'by_list' })
      .sort({ [this.#field]: this.#direction, _id: this.#direction })
      .limit(limit)
      .toArray();
    return documents.map((document) => placeIn(document, this.#field));
  }

  /** Those that were quiet when their names were given, as they stood then. */
  async #quiet(upTo: number, start: Place | null, limit: number): Promise<Place[]> {
    const { tenantId, names, status, sort, updatedAfter, nextFollowUpAt } = this.#list;
    if (updatedAfter >= upTo) return [];
    const conditions = {
      tenantId,
      names,
      status,
      $and: [
        sort === 'waitingSince' ? { waitingSince: { $type: 'date' } } : {},
        updatedAfter === 0 ? {} : { updatedAt: { $gt: new Date(updatedAfter) } },
        nextFollowUpAt === undefined ? {} : { nextFollowUpAt },
        afterPosition(sort, this.#direction, start && placeOf(start)),
      ],
    };
    const documents = await this.#collections.listed_conversations.collection
      .find(conditions, {
        ...OPTIONS,
        projection: { [sort]: 1, contactId: 1 },
        hint: sort === 'updatedAt' ? 'by_update' : 'by_waiting',
      })
      .sort({ [sort]: this.#direction, _id: this.#direction })
      .limit(limit)
      .toArray();
    return documents.map((document) => placeIn(document, sort));
  }

  /** Reads conversations as they are now: one that has left the list meanwhile is not found, one that has moved is where it is now. */
  async #load(places: readonly Place[], start: Place | null, page: FoundConversations): Promise<void> {
    const { conversations } = this.#collections;
    const { tenantId, filter, status, updatedAfter } = this.#list;
    const ids = places.filter(({ id }) => !page.has(id)).map(({ id }) => new ObjectId(id));
    const conditions = {
      tenantId,
      _id: { $in: ids },
      status,
      $and: [filter, { updatedAt: { $gt: new Date(updatedAfter) } }],
    };
    const documents = conversations.collection.find(conditions, { ...OPTIONS, raw: true });
    for await (const raw of documents) {
      // A raw cursor gives documents as they came over the wire, which its type does not say.
      const bytes = raw as unknown as Uint8Array;
      const document = deserialize(bytes);
      const place = placeIn(document, this.#field);
      if (start !== null && this.#compare(place, start) <= 0) continue;
      page.add(place, conversations.tryDecode(document), bytes.length);
    }
  }

  #itemsOf(
    page: FoundConversations,
    limit: number,
    isWhole: boolean,
  ): FoundItems<WireDocument<'conversations'>> {
    const { end } = page;
    const found = [...page.found]
      .toSorted((a, b) => this.#compare(a.place, b.place))
      // One that has moved behind the others is in a later page.
      .filter(({ place }) => isWhole || end === undefined || this.#compare(place, end) <= 0)
      .slice(0, limit);
    const bytes = new PageBytes();
    const tooMany = found.findIndex(
      ({ item, size }) => item !== null && !bytes.takes(item, size * JSON_OF_A_CHARACTER),
    );
    const items = found.map(({ item }) => item);
    if (tooMany !== -1) return { items: items.slice(0, tooMany), isCut: true };
    return { items, isCut: !isWhole && items.length < limit };
  }

  #compare(a: Place, b: Place): number {
    return this.#direction * (a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id)));
  }

  /** Both in one order, each conversation once: where it is now. */
  #merge(changed: readonly Place[], quiet: readonly Place[]): Place[] {
    const known = new Set(changed.map(({ id }) => id));
    return [...changed, ...quiet.filter(({ id }) => !known.has(id))].toSorted((a, b) => this.#compare(a, b));
  }
}

type Found = { place: Place; item: WireDocument<'conversations'> | null; size: number };

/** The conversations that a page has so far. */
class FoundConversations {
  readonly found: Found[] = [];
  readonly #ids = new Set<string>();
  #bytes = 0;
  /** The last place that was looked at. */
  end: Place | undefined;

  get size(): number {
    return this.found.length;
  }

  /** Whether what was read is more than a page takes. */
  get isFull(): boolean {
    return this.#bytes > PAGE_BYTES;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(place: Place, item: WireDocument<'conversations'> | null, size: number): void {
    this.found.push({ place, item, size });
    this.#ids.add(place.id);
    this.#bytes += size;
  }
}
