import type { TenantId } from '@baton/schema';

/** A tenant counts as active for so long after its latest call, in milliseconds. */
const ACTIVE_MS = 10_000;

/** Which tenants have used this process lately: one that is alone may have all of it, others leave each other room. */
export class TenantActivity {
  readonly #latest = new Map<TenantId, number>();
  readonly #now: () => number;

  /** @param now milliseconds on a clock that nobody sets */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  touch(tenantId: TenantId): void {
    this.#latest.set(tenantId, this.#now());
  }

  /** Whether no other tenant has been active within the last ten seconds. */
  isAlone(tenantId: TenantId): boolean {
    const since = this.#now() - ACTIVE_MS;
    for (const [id, at] of this.#latest) {
      if (at < since) this.#latest.delete(id);
      else if (id !== tenantId) return false;
    }
    return true;
  }
}
