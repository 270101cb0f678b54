import type { TenantId } from '@baton/schema';

/**
 * A bounded cache that is shared out among tenants: where it is full, the tenant that holds the most loses what it has
 * used least recently, so that one tenant's load never empties the cache of another.
 */
export class TenantCache<Value> {
  readonly #limit: number;
  readonly #entries = new Map<string, { tenantId: TenantId; value: Value }>();
  /** Each tenant's keys, the least recently used first. */
  readonly #keys = new Map<TenantId, Set<string>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param key unique among all tenants */
  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
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
    this.#entries.set(key, { tenantId, value });
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
    let largest = newest;
    // Who has more than an equal share makes room in it; nobody else need be looked at.
    if (newest.size * this.#keys.size <= this.#limit) {
      for (const keys of this.#keys.values()) if (keys.size > largest.size) largest = keys;
    }
    const [oldest] = largest;
    if (oldest !== undefined) this.delete(oldest);
  }
}
