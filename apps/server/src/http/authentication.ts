import type { Store } from '@baton/repository';
import type { Credential } from '@baton/router';
import { LRUCache } from 'lru-cache';

/** A revoked key may work for so long. */
const CACHE_MS = 5_000;
const MAX_CACHED = 1_000;

/** Finds the credential of a request's key or session, and caches it for 5 s. */
export class Authentication {
  readonly #store: Store;
  readonly #cache = new LRUCache<string, Credential>({ max: MAX_CACHED, ttl: CACHE_MS });

  constructor(store: Store) {
    this.#store = store;
  }

  /** The credential of a session's cookie; null where there is none or it has ended. */
  async credentialOfSession(secret: string | undefined): Promise<Credential | null> {
    if (secret === undefined) return null;
    const cached = this.#cache.get(`session ${secret}`);
    if (cached !== undefined) return cached;
    const credential = await this.#store.sessions.authenticate(secret);
    if (credential !== null) this.#cache.set(`session ${secret}`, credential);
    return credential;
  }

  /** The next call looks the session up again. */
  forgetSession(secret: string | undefined): void {
    this.#cache.delete(`session ${secret}`);
  }

  /** The next call looks the key up again. */
  forgetKey(authorization: string | undefined): void {
    const key = keyIn(authorization);
    if (key !== null) this.#cache.delete(key);
  }

  /** The credential of an `Authorization: Bearer …` header; null where there is none or it is unknown. */
  async credentialOfKey(authorization: string | undefined): Promise<Credential | null> {
    const key = keyIn(authorization);
    if (key === null) return null;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const found = await this.#store.apiKeys.authenticate(key);
    if (found === null) return null;
    const { tenantId, rights, agentId } = found;
    const credential = { tenantId, rights, agentId, sessionId: null };
    this.#cache.set(key, credential);
    return credential;
  }
}

/** The key in an `Authorization: Bearer …` header; null where it has another form. */
function keyIn(authorization: string | undefined): string | null {
  const [scheme, key, ...rest] = authorization?.split(' ') ?? [];
  return scheme?.toLowerCase() === 'bearer' && key !== undefined && rest.length === 0 ? key : null;
}
