import type { TenantId } from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { TenantCache } from '../fairness/tenant-cache.ts';
import { readTenantPolicy, type TenantPolicy } from '../read/tenant.ts';
import type { Collections } from '../schema/open-collections.ts';

/** How long a policy counts that was read, in milliseconds: within it every server follows a change. */
const FRESH_MS = 1_000;
const CACHED_POLICIES = 10_000;

/** The send policies of tenants, each read once a second at most, so that a command of a tenant without one pays nothing. */
export class SendPolicies {
  readonly #collections: Collections;
  readonly #known = new TenantCache<{ policy: TenantPolicy | null; readAt: number }>(CACHED_POLICIES);

  readonly #now: () => number;

  /** @param now milliseconds on a clock that nobody sets */
  constructor(collections: Collections, now: () => number = () => performance.now()) {
    this.#collections = collections;
    this.#now = now;
  }

  /** @returns the policy at once where it was read a moment ago; null for a tenant that has none */
  of(tenantId: TenantId, session?: ClientSession): TenantPolicy | null | Promise<TenantPolicy | null> {
    const known = this.#known.get(tenantId);
    const now = this.#now();
    if (known !== undefined && now - known.readAt < FRESH_MS) return known.policy;
    return this.#read(tenantId, now, session);
  }

  /** Reads a tenant's anew with the next command. */
  forget(tenantId: TenantId): void {
    this.#known.delete(tenantId);
  }

  async #read(tenantId: TenantId, readAt: number, session?: ClientSession): Promise<TenantPolicy | null> {
    const policy = await readTenantPolicy(this.#collections, tenantId, session);
    this.#known.set(tenantId, tenantId, { policy, readAt });
    return policy;
  }
}
