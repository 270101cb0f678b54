import type { TenantId } from '@baton/schema';
import { LRUCache } from 'lru-cache';

/** Tenants whose counts are kept; one that comes back after it was forgotten begins at nothing, as after a restart. */
const REMEMBERED = 1_000;

export interface TenantCount {
  batches: number;
  commands: number;
}

/** Counts by tenant in bounded space, of which those with the most commands are shown. */
export class TenantCounts {
  readonly #counts = new LRUCache<TenantId, TenantCount>({ max: REMEMBERED });

  add(tenantId: TenantId, commands: number): void {
    const count = this.#counts.get(tenantId) ?? { batches: 0, commands: 0 };
    count.batches += 1;
    count.commands += commands;
    this.#counts.set(tenantId, count);
  }

  busiest(limit: number): [TenantId, TenantCount][] {
    return [...this.#counts.entries()].toSorted(([, a], [, b]) => b.commands - a.commands).slice(0, limit);
  }
}

/** Those with the greatest numbers. */
export function greatest<Key>(numbers: ReadonlyMap<Key, number>, limit: number): [Key, number][] {
  return [...numbers].toSorted(([, a], [, b]) => b - a).slice(0, limit);
}
