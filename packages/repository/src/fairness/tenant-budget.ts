import type { TenantId } from '@baton/schema';
import type { TenantActivity } from './tenant-activity.ts';

export type TenantBudgetOptions = {
  /** How much of the time a tenant may use while others are active, 0 to 1 (more, where several may work at once). */
  share: number;
  /** What it may use at once after it has used nothing, in milliseconds. */
  burstMs: number;
};

/** Most that a tenant can owe, in milliseconds: work that took long because MongoDB stood still was no flood. */
const LARGEST_DEBT_MS = 250;

/**
 * What a tenant may use of something that all share, in milliseconds of work: a token bucket a tenant, which counts only
 * while others are active. So a tenant's flood leaves room at any moment, and does not only take turns.
 */
export class TenantBudget {
  readonly #options: TenantBudgetOptions;
  readonly #activity: TenantActivity;
  readonly #now: () => number;
  readonly #buckets = new Map<TenantId, { left: number; at: number }>();

  constructor(
    options: TenantBudgetOptions,
    activity: TenantActivity,
    now: () => number = () => performance.now(),
  ) {
    this.#options = options;
    this.#activity = activity;
    this.#now = now;
  }

  /** Takes what work has used; it may be more than there was, and then the next has to wait. */
  charge(tenantId: TenantId, usedMs: number): void {
    const left = Math.max(-LARGEST_DEBT_MS, this.#left(tenantId) - usedMs);
    this.#buckets.set(tenantId, { left, at: this.#now() });
  }

  /** How long until a tenant may work, in milliseconds; 0 where it may now. */
  waitMs(tenantId: TenantId): number {
    const left = this.#left(tenantId);
    if (left >= this.#options.burstMs) this.#buckets.delete(tenantId);
    if (left > 0 || this.#activity.isAlone(tenantId)) return 0;
    return -left / this.#options.share;
  }

  #left(tenantId: TenantId): number {
    const { share, burstMs } = this.#options;
    const bucket = this.#buckets.get(tenantId);
    if (bucket === undefined) return burstMs;
    return Math.min(burstMs, bucket.left + (this.#now() - bucket.at) * share);
  }
}
