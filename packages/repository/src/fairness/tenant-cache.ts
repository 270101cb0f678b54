import type { TenantId } from '@baton/schema';

/** What has not been used for so long makes room for anybody, in milliseconds. */
const IDLE_MS = 60_000;

type CacheEntry<Value> = { tenantId: TenantId; value: Value; usedAt: number };

/**
 * A bounded cache that is shared out among tenants: where it is full, the tenant that holds the most loses what it has
 * used least recently, so that one tenant's load never empties the cache of another. What nobody has used for a minute
 * goes before.
 */
export class TenantCache<Value> {
  readonly #limit: number;
  readonly #now: () => number;
  /** The least recently used first. */
  readonly #entries = new Map<string, CacheEntry<Value>>();
  /** Each tenant's keys, the least recently used first. */
  readonly #keys = new Map<TenantId, Set<string>>();

  /** @param now milliseconds on a clock that nobody sets */
  constructor(limit: number, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** @param key unique among all tenants */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.usedAt = this.#now();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const keys = this.#keys.get(entry.tenantId);
    keys?.delete(key);
    keys?.add(key);
    return entry.value;
  }

  /** As `get`, but it does not count as a use. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  get size(): number {
    return this.#entries.size;
  }

  *[Symbol.iterator](): Generator<[key: string, value: Value]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  set(tenantId: TenantId, key: string, value: Value): void {
    this.delete(key);
    this.#entries.set(key, { tenantId, value, usedAt: this.#now() });
    const keys = this.#keys.get(tenantId) ?? new Set();
    this.#keys.set(tenantId, keys.add(key));
    if (this.#entries.size > this.#limit) this.#evictFor(keys);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const keys = this.#keys.get(entry.tenantId);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(entry.tenantId);
  }

  /** @param newest the keys of the tenant that needs room */
  #evictFor(newest: ReadonlySet<string>): void {
    const [leastRecent] = this.#entries.values();
    if (leastRecent === undefined) return;
    const leastRecentKeys = this.#keys.get(leastRecent.tenantId) ?? newest;
    let from = newest;
    if (leastRecent.usedAt < this.#now() - IDLE_MS) from = leastRecentKeys;
    else if (newest.size * this.#keys.size <= this.#limit) {
      // Who has less than an equal share takes from the one with most.
      for (const keys of this.#keys.values()) if (keys.size > from.size) from = keys;
    } else if (leastRecentKeys.size >= newest.size) from = leastRecentKeys;
    const [key] = from;
    if (key !== undefined) this.delete(key);
  }
}
