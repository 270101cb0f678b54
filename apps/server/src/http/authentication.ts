import type { Store } from '@baton/repository';
import type { Credential } from '@baton/router';
import { LRUCache } from 'lru-cache';

/** How long a key that was found good is not looked up again: so late does a revoked key stop at most. */
const REMEMBER_MS = 5_000;
const REMEMBERED_KEYS = 1_000;

/** Finds out whose key came with a request. */
export class Authentication {
  readonly #store: Store;
  readonly #known = new LRUCache<string, Credential>({ max: REMEMBERED_KEYS, ttl: REMEMBER_MS });

  constructor(store: Store) {
    this.#store = store;
  }

  /** The credential of a session's cookie; null where there is none or it has ended. */
  async credentialOfSession(secret: string | undefined): Promise<Credential | null> {
    if (secret === undefined) return null;
    const known = this.#known.get(`session ${secret}`);
    if (known !== undefined) return known;
    const credential = await this.#store.sessions.authenticate(secret);
    if (credential !== null) this.#known.set(`session ${secret}`, credential);
    return credential;
  }

  /** Forgets a session at once, as when its person changes. */
  forgetSession(secret: string | undefined): void {
    this.#known.delete(`session ${secret}`);
  }

  /** Forgets a key, so that the next call looks it up again. */
  forgetKey(authorization: string | undefined): void {
    const key = keyIn(authorization);
    if (key !== null) this.#known.delete(key);
  }

  /** The credential of an `Authorization: Bearer …` header; null where there is none or it is unknown. */
  async credentialOf(authorization: string | undefined): Promise<Credential | null> {
    const key = keyIn(authorization);
    if (key === null) return null;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = await this.#store.apiKeys.authenticate(key);
    if (found === null) return null;
    const { tenantId, rights, agentId } = found;
    const credential = { tenantId, rights, agentId, sessionId: null };
    this.#known.set(key, credential);
    return credential;
  }
}

/** The key in an `Authorization: Bearer …` header; null where it has another form. */
function keyIn(authorization: string | undefined): string | null {
  const [scheme, key, ...rest] = authorization?.split(' ') ?? [];
  return scheme?.toLowerCase() === 'bearer' && key !== undefined && rest.length === 0 ? key : null;
}
