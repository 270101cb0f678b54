import { TenantId } from '@baton/schema';
import { LRUCache } from 'lru-cache';
import { type Document, ObjectId } from 'mongodb';

/** A document that could not be read: where it is, and never what it says. */
export type UnreadableDocument = {
  collection: string;
  /** Null where it is no ObjectId: other ids can be a customer's own. */
  id: string | null;
  tenantId: TenantId | null;
  conversationId: string | null;
  seq: number | null;
  /** The first field that is missing or wrong, by the schema's names; empty where the whole document is. */
  field: string;
  /** How many more were found since the one that was told before, and are not told. */
  untold: number;
};

/** Documents by which a process knows that it has counted them. */
const REMEMBERED = 10_000;
/** A newer version beside this one can write such documents all day: most that are told a minute. */
const TOLD_A_MINUTE = 100;
const MINUTE_MS = 60_000;

/** Counts the documents that a process could not read and tells of each once. */
export class UnreadableDocuments {
  readonly #onUnreadable: (document: UnreadableDocument) => void;
  readonly #known = new LRUCache<string, true>({ max: REMEMBERED });
  readonly #byTenant = new Map<TenantId, number>();
  #total = 0;
  #minute = 0;
  #told = 0;
  #untold = 0;

  constructor(onUnreadable: (document: UnreadableDocument) => void = () => undefined) {
    this.#onUnreadable = onUnreadable;
  }

  /** How many documents this process could not read, of all tenants. */
  get total(): number {
    return this.#total;
  }

  /** How many of a tenant's documents this process could not read. */
  count(tenantId: TenantId): number {
    return this.#byTenant.get(tenantId) ?? 0;
  }

  /** @param field which could not be read */
  add(collection: string, document: Document, field: string): void {
    const key = `${collection} ${JSON.stringify(document['_id'])}`;
    if (this.#known.has(key)) return;
    this.#known.set(key, true);
    this.#total += 1;
    const tenantId = tenantOf(document);
    if (tenantId !== null) this.#byTenant.set(tenantId, this.count(tenantId) + 1);
    if (!this.#mayTell()) {
      this.#untold += 1;
      return;
    }
    const place = { collection, id: hexOf(document['_id']), tenantId, ...placeOf(document) };
    this.#onUnreadable({ ...place, field, untold: this.#untold });
    this.#untold = 0;
  }

  #mayTell(): boolean {
    const minute = Math.floor(performance.now() / MINUTE_MS);
    if (minute !== this.#minute) [this.#minute, this.#told] = [minute, 0];
    this.#told += 1;
    return this.#told <= TOLD_A_MINUTE;
  }
}

/** Of a conversation the conversation itself, of anything else the one that it belongs to. */
function placeOf({ conversationId, seq }: Document): Pick<UnreadableDocument, 'conversationId' | 'seq'> {
  return { conversationId: hexOf(conversationId), seq: Number.isSafeInteger(seq) ? Number(seq) : null };
}

function hexOf(id: unknown): string | null {
  return id instanceof ObjectId ? id.toHexString() : null;
}

/** The tenant is a field of its own or, in some collections, the first of the id's. */
function tenantOf({ _id, tenantId }: Document): TenantId | null {
  const parsed = TenantId.safeParse(tenantId ?? (_id as Document | null | undefined)?.['tenantId']);
  return parsed.success ? parsed.data : null;
}
