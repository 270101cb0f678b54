import type { TenantId } from '@baton/schema';
import { LRUCache } from 'lru-cache';
import type { Random } from '../clock/clock.ts';

/** How long after another server was first a tenant's conversations are read again for each batch, in milliseconds. */
const SHARED_MS = 30_000;
const MOST_TENANTS = 1_000;
/** How long a conversation counts as contended after two servers wrote it at once, in milliseconds. */
const CONTENDED_MS = 1_000;
const MOST_CONVERSATIONS = 1_000;
/** The longest that a server leaves a conversation to others, in milliseconds. */
const LONGEST_TURN_MS = 50;

/** What a process has noticed of other servers that write for the same tenants. */
export class OtherServers {
  readonly #random: Random;
  readonly #shared: LRUCache<TenantId, true>;
  readonly #contended: LRUCache<string, true>;

  /** @param now milliseconds on a clock that nobody sets */
  constructor(random: Random, now: () => number = () => performance.now()) {
    this.#random = random;
    const perf = { now };
    this.#shared = new LRUCache({ max: MOST_TENANTS, ttl: SHARED_MS, ttlResolution: 0, perf });
    this.#contended = new LRUCache({ max: MOST_CONVERSATIONS, ttl: CONTENDED_MS, ttlResolution: 0, perf });
  }

  /** Another server has changed a conversation of the tenant. */
  haveWrittenFor(tenantId: TenantId): void {
    this.#shared.set(tenantId, true);
  }

  /** Whether one has lately, so that what this process remembers of the tenant is likely old. */
  writeFor(tenantId: TenantId): boolean {
    return this.#shared.has(tenantId);
  }

  /** Another server wrote the conversation at the same time. */
  contendFor(conversationKey: string): void {
    this.#contended.set(conversationKey, true);
  }

  /**
   * How long to leave a conversation to others after a commit that took so long, in milliseconds: 0 for one that is not
   * contended. Without a pause who has lost would keep meeting the next commit of who has won.
   */
  turnMs(conversationKey: string, commitMs: number): number {
    if (!this.#contended.has(conversationKey)) return 0;
    return Math.min(LONGEST_TURN_MS, commitMs * (0.5 + this.#random()));
  }
}
