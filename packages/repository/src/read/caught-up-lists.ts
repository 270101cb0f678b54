import type { TenantId } from '@baton/schema';
import type { Db } from 'mongodb';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import { byId, type Collections } from '../schema/open-collections.ts';

/** For how long a process goes by what it has read: an older instant only costs time. */
const FRESH_MS = 30_000;
/** Of so many tenants a process remembers it. */
const TENANTS = 10_000;

const opened = new WeakMap<Db, CaughtUpLists>();

/** The name of a tenant's own progress. */
export const progressOfTenant = (tenantId: TenantId) => `lists:${tenantId}`;

/** Up to which change `listed_conversations` has a tenant's conversations; it only ever goes on. */
export class CaughtUpLists {
  readonly #progress: Collections['progress'];
  readonly #known = new Map<TenantId, { upTo: number; readAt: number }>();

  private constructor({ progress }: Collections) {
    this.#progress = progress;
  }

  /** Those of a database in this process. */
  static of(collections: Collections): CaughtUpLists {
    const known = opened.get(collections.db);
    if (known !== undefined) return known;
    const lists = new CaughtUpLists(collections);
    opened.set(collections.db, lists);
    return lists;
  }

  /** In milliseconds since 1970; 0 where it has none. */
  async upTo(tenantId: TenantId): Promise<number> {
    const known = this.#known.get(tenantId);
    if (known === undefined) return this.#read(tenantId);
    // Who asks now goes by the older one; where it cannot be read, the next asks again.
    if (performance.now() - known.readAt > FRESH_MS) this.#read(tenantId).catch(() => undefined);
    return known.upTo;
  }

  async #read(tenantId: TenantId): Promise<number> {
    const found = await this.#progress.collection.findOne(byId(progressOfTenant(tenantId)), {
      maxTimeMS: READ_TIMEOUT_MS,
    });
    const upTo = found?.['upTo'] instanceof Date ? found['upTo'].getTime() : 0;
    return this.#remember(tenantId, upTo);
  }

  async save(tenantId: TenantId, upTo: number): Promise<void> {
    await this.#progress.collection.updateOne(
      byId(progressOfTenant(tenantId)),
      { $max: { upTo: new Date(upTo) } },
      { upsert: true, maxTimeMS: WRITE_TIMEOUT_MS },
    );
    this.#remember(tenantId, upTo);
  }

  #remember(tenantId: TenantId, read: number): number {
    const upTo = Math.max(read, this.#known.get(tenantId)?.upTo ?? 0);
    this.#known.delete(tenantId);
    this.#known.set(tenantId, { upTo, readAt: performance.now() });
    const [oldest] = this.#known.keys();
    if (this.#known.size > TENANTS && oldest !== undefined) this.#known.delete(oldest);
    return upTo;
  }
}
