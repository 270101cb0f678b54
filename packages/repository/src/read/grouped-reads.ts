import { Refusal } from '@baton/domain';
import type { TenantId } from '@baton/schema';
import { refusedPlace } from '../fairness/waiting-places.ts';

/** How many groups of one tenant are read at once. */
const IN_FLIGHT = 2;
/** Most keys of a group: what follows from their answers is done at once, while others' calls wait. */
const GROUP_SIZE = 32;
/** A group that takes longer, in milliseconds, keeps the next one waiting no more. */
const SLOW_MS = 100;
/** Most callers that wait for a group, of all tenants. */
const WAITING_LIMIT = 10_000;
const RETRY_AFTER_MS = 1_000;

/** Reads what a tenant's keys stand for. What does not exist is left out. */
export type ReadGroup<Key, Found> = (
  tenantId: TenantId,
  keys: readonly Key[],
) => Promise<ReadonlyMap<Key, Found>>;

type Waiting<Key, Found> = Map<Key, PromiseWithResolvers<Found | null> & { callers: number }>;

type TenantReads<Key, Found> = {
  inFlight: number;
  waiting: Waiting<Key, Found>;
  callers: number;
  isStarting: boolean;
};

/**
 * Reads together what callers of one tenant ask for while two reads are in flight: they share the next one. There is no
 * timer: a lone caller waits for nothing. A read begins after all who share it have asked, so each finds what it wrote.
 */
export class GroupedReads<Key, Found> {
  readonly #read: ReadGroup<Key, Found>;
  readonly #tenants = new Map<TenantId, TenantReads<Key, Found>>();
  readonly #groupSize: number;
  #callers = 0;

  /** @param options.groupSize most keys of a group; 32 by default */
  constructor(read: ReadGroup<Key, Found>, { groupSize = GROUP_SIZE }: { groupSize?: number } = {}) {
    this.#read = read;
    this.#groupSize = groupSize;
  }

  /**
   * What a key stands for; null where it does not exist.
   * @throws Refusal RATE_LIMITED where too many of the tenant's callers wait, and what the read throws
   */
  async ask(tenantId: TenantId, key: Key): Promise<Found | null> {
    const tenant = this.#tenantOf(tenantId);
    const places = { limit: WAITING_LIMIT, taken: this.#callers, own: tenant.callers };
    if (refusedPlace(places) !== null) throw tooMany();
    this.#callers += 1;
    tenant.callers += 1;
    const known = tenant.waiting.get(key);
    const asked = known ?? { ...Promise.withResolvers<Found | null>(), callers: 0 };
    asked.callers += 1;
    if (known === undefined) tenant.waiting.set(key, asked);
    this.#startSoon(tenantId, tenant);
    return asked.promise;
  }

  /** After those who ask in the same turn of the loop, so that they share one. */
  #startSoon(tenantId: TenantId, tenant: TenantReads<Key, Found>): void {
    if (tenant.isStarting || tenant.inFlight >= IN_FLIGHT || tenant.waiting.size === 0) return;
    tenant.isStarting = true;
    queueMicrotask(() => {
      tenant.isStarting = false;
      void this.#start(tenantId, tenant);
      this.#startSoon(tenantId, tenant);
    });
  }

  async #start(tenantId: TenantId, tenant: TenantReads<Key, Found>): Promise<void> {
    const group = this.#takeGroup(tenant);
    tenant.inFlight += 1;
    let isInFlight = true;
    const leave = () => {
      if (!isInFlight) return;
      isInFlight = false;
      tenant.inFlight -= 1;
      this.#startSoon(tenantId, tenant);
    };
    const slow = setTimeout(leave, SLOW_MS);
    try {
      const found = await this.#read(tenantId, [...group.keys()]);
      for (const [key, { resolve }] of group) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of group.values()) reject(error);
    } finally {
      clearTimeout(slow);
      leave();
      if (tenant.inFlight === 0 && tenant.waiting.size === 0) this.#tenants.delete(tenantId);
    }
  }

  #takeGroup(tenant: TenantReads<Key, Found>): Waiting<Key, Found> {
    const group: Waiting<Key, Found> = new Map();
    for (const [key, asked] of tenant.waiting) {
      if (group.size === this.#groupSize) break;
      group.set(key, asked);
      tenant.waiting.delete(key);
      tenant.callers -= asked.callers;
      this.#callers -= asked.callers;
    }
    return group;
  }

  #tenantOf(tenantId: TenantId): TenantReads<Key, Found> {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const tenant: TenantReads<Key, Found> = {
      inFlight: 0,
      waiting: new Map(),
      callers: 0,
      isStarting: false,
    };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }
}

function tooMany(): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new Refusal('RATE_LIMITED', 'Too many of your reads wait; try again later', details);
}
