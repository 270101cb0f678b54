import { isKey, isSessionSecret, type Store, TenantCache } from '@baton/repository';
import type { Credential, OnEnded } from '@baton/router';
import type { ApiKeyId, SessionId, TenantId } from '@baton/schema';
import type { CompanyTokens } from '../oidc/company-tokens.ts';
import { expired } from '../oidc/verify-token.ts';
import { LastUse } from './last-use.ts';

/** How often what is known is looked at again. */
const CHECK_EVERY_MS = 1_000;
/** How long what was found counts without another look. */
const TRUSTED_MS = 5_000;
/** How long a token that was verified counts without another look at its issuer's keys. */
const VERIFIED_MS = 10 * 60_000;
/** What nobody uses for so long is read again only once it is used, by its id. */
const IDLE_AFTER_MS = 60_000;
const FORGOTTEN_AFTER_MS = 3_600_000;
const MAX_KNOWN = 5_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Gives the address that a credential comes from. */
type From = () => string | Promise<string>;
type Known = { credential: Credential; checkedAt: number; usedAt: number; foundAt: number };
/** What it asks of a company's tokens. */
type Tokens = Pick<CompanyTokens, 'nameOf' | 'credentialOf'>;
type Watcher = { credential: Credential; onEnded: OnEnded };

/**
 * Finds the credential of a request's key or session and remembers it. Once a second all that are remembered or watched
 * are read again, together: what is revoked or has ended works nowhere for longer than two seconds. A company's token
 * works until it expires, or its tenant is suspended.
 */
export class Authentication {
  readonly #store: Store;
  readonly #tokens: Tokens | null;
  readonly #checkEveryMs: number;
  readonly #keyUse: LastUse<ApiKeyId>;
  readonly #sessionUse: LastUse<SessionId>;
  /** Shared out among tenants: one with very many keys or sessions makes the store look for no other's. */
  readonly #known = new TenantCache<Known>(MAX_KNOWN);
  /** What is being read now, by its name: requests that come together share one read. */
  readonly #finding = new Map<string, Promise<Credential | null>>();
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param tokens finds what a company's tokens allow; null where none do */
  constructor(
    store: Store,
    {
      checkEveryMs = CHECK_EVERY_MS,
      tokens = null,
    }: { checkEveryMs?: number | undefined; tokens?: Tokens | null } = {},
  ) {
    this.#store = store;
    this.#tokens = tokens;
    this.#checkEveryMs = checkEveryMs;
    this.#keyUse = new LastUse((ids) => store.apiKeys.noteUse(ids));
    this.#sessionUse = new LastUse((ids) => store.sessions.noteUse(ids));
  }

  /**
   * The credential of an `Authorization: Bearer …` header; null where there is none or it is unknown. What has
   * not the form of a key is not looked up, and its address is not asked for.
   * @param from gives the address that it comes from, asked for only where the credential is not known yet
   */
  async credentialOfKey(authorization: string | undefined, from: From): Promise<Credential | null> {
    const key = keyIn(authorization);
    if (key === null || !isKey(key)) return null;
    return this.#find(key, async () => {
      const found = await this.#store.apiKeys.authenticate(key, await from());
      return found && { ...found, sessionId: null };
    });
  }

  /**
   * The credential of an `Authorization: Bearer …` header with a company's JWT; null where it has none.
   * @param from gives the address that it comes from, asked for only where the token is not known yet
   * @throws Refusal UNAUTHORIZED, which says why; UNAVAILABLE where issuer or store cannot be asked
   */
  async credentialOfToken(authorization: string | undefined, from: From): Promise<Credential | null> {
    const tokens = this.#tokens;
    const token = keyIn(authorization);
    const name = token === null ? null : tokens?.nameOf(token);
    if (tokens === null || token === null || name == null) return null;
    const found = await this.#find(name, async () => {
      await from();
      return tokens.credentialOf(token, name);
    });
    if (found !== null && this.#hasExpired(found)) throw expired();
    return found;
  }

  #hasExpired({ token }: Credential): boolean {
    return token !== undefined && token.expiresAt <= this.#store.collections.clock.now();
  }

  /**
   * The credential of a session's cookie; null where there is none or it has ended.
   * @param from gives the address that it comes from, asked for only where the credential is not known yet
   */
  async credentialOfSession(secret: string | undefined, from: From): Promise<Credential | null> {
    if (secret === undefined || !isSessionSecret(secret)) return null;
    return this.#find(`session ${secret}`, async () =>
      this.#store.sessions.authenticate(secret, await from()),
    );
  }

  /** The next call reads the session again. */
  forgetSession(secret: string): void {
    const name = `session ${secret}`;
    this.#finding.delete(name);
    const known = this.#known.peek(name);
    if (known !== undefined)
      this.#known.set(known.credential.tenantId, name, { ...known, checkedAt: -Infinity });
  }

  /** Says when a credential ends, until it is disposed of. */
  watch(credential: Credential, onEnded: OnEnded): Disposable {
    const watcher = { credential, onEnded };
    this.#watchers.add(watcher);
    this.#checkLater();
    const timer = this.#atExpiry(credential, () => onEnded('UNAUTHORIZED'));
    const unwatch = () => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    };
    return { [Symbol.dispose]: unwatch };
  }

  /** A token ends when it says, whether the store answers or not; in weeks by the check of all others. */
  #atExpiry({ token }: Credential, end: () => void): NodeJS.Timeout | undefined {
    if (token === undefined) return undefined;
    const leftMs = token.expiresAt - this.#store.collections.clock.now();
    return leftMs > LONGEST_TIMER_MS ? undefined : setTimeout(end, leftMs).unref();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #find(name: string, look: () => Promise<Credential | null>): Promise<Credential | null> {
    const known = this.#known.get(name);
    const now = performance.now();
    if (known !== undefined) known.usedAt = now;
    if (known !== undefined && now - known.checkedAt < TRUSTED_MS) return known.credential;
    const inFlight = this.#finding.get(name);
    if (inFlight !== undefined) return inFlight;
    // What is known already is read by its id, past the strangers who wait for a look.
    const finding = known === undefined ? look() : this.#readAgain(known.credential);
    this.#finding.set(name, finding);
    try {
      const credential = await finding;
      // What was forgotten meanwhile is read again.
      if (this.#finding.get(name) === finding && this.#known.peek(name) === known) {
        if (credential === null) this.#known.delete(name);
        else {
          const foundAt = known?.foundAt ?? now;
          this.#known.set(credential.tenantId, name, { credential, checkedAt: now, usedAt: now, foundAt });
        }
      }
      this.#checkLater();
      return credential;
    } finally {
      if (this.#finding.get(name) === finding) this.#finding.delete(name);
    }
  }

  /** One of many such reads counts among those of its tenant. */
  async #readAgain(credential: Credential): Promise<Credential | null> {
    const good = await this.#read([credential], credential.tenantId);
    return good.get(idOf(credential)) ?? null;
  }

  /** Those of the credentials that are good, as they are now, by their ids. */
  async #read(credentials: readonly Credential[], tenantId?: TenantId): Promise<Map<string, Credential>> {
    const sessionIds = new Set(credentials.flatMap(({ sessionId }) => sessionId ?? []));
    const keyIds = new Set(
      credentials.flatMap(({ keyId, sessionId }) => (sessionId === null ? (keyId ?? []) : [])),
    );
    const [{ keys, sessions }, tokens] = await Promise.all([
      this.#store.readCredentials([...keyIds], [...sessionIds], tenantId),
      this.#readTokens(credentials, tenantId),
    ]);
    const good: Credential[] = [...keys.map((key) => ({ ...key, sessionId: null })), ...sessions, ...tokens];
    return new Map(good.map((credential) => [idOf(credential), credential]));
  }

  /** The tokens among them that are good, with what their tenants say now. */
  async #readTokens(credentials: readonly Credential[], tenantId?: TenantId): Promise<Credential[]> {
    const tokens = credentials.filter((each) => each.token !== undefined && !this.#hasExpired(each));
    if (tokens.length === 0) return [];
    const standings = await this.#store.standingsOf(tokens, tenantId);
    return tokens.flatMap(({ isTenantSuspended: _before, ...token }, index): Credential[] => {
      const { tenant = 'unknown', agentKind = null } = standings[index] ?? {};
      if (tenant === 'unknown' || (token.agentId !== null && agentKind === null)) return [];
      return [tenant === 'suspended' ? { ...token, isTenantSuspended: true } : token];
    });
  }

  #checkLater(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#checkAgain(), this.#checkEveryMs).unref();
  }

  async #checkAgain(): Promise<void> {
    // A store that does not answer says nothing about a credential: the next look does.
    await this.#check().catch(() => undefined);
    this.#timer = undefined;
    if (this.#known.size + this.#watchers.size > 0) this.#checkLater();
  }

  async #check(): Promise<void> {
    const now = performance.now();
    const known: [name: string, known: Known][] = [];
    for (const [name, one] of this.#known) {
      const isUnverified = one.credential.token !== undefined && one.foundAt < now - VERIFIED_MS;
      if (isUnverified || one.usedAt < now - FORGOTTEN_AFTER_MS) this.#known.delete(name);
      else if (one.usedAt < now - IDLE_AFTER_MS) one.checkedAt = -Infinity;
      else known.push([name, one]);
    }
    this.#noteUse(known, now);
    const watchers = [...this.#watchers];
    if (known.length + watchers.length === 0) return;
    const asked = [
      ...known.map(([, { credential }]) => credential),
      ...watchers.map((each) => each.credential),
    ];
    const good = await this.#read(asked);
    for (const [name, before] of known) {
      // What was read or forgotten meanwhile is newer.
      if (this.#known.peek(name) !== before) continue;
      const credential = good.get(idOf(before.credential));
      if (credential === undefined) this.#known.delete(name);
      else Object.assign(before, { credential, checkedAt: now });
    }
    for (const { credential, onEnded } of watchers) {
      const found = good.get(idOf(credential));
      if (found === undefined) onEnded('UNAUTHORIZED');
      else if (found.isTenantSuspended === true) onEnded('TENANT_SUSPENDED');
    }
  }

  /** What has a feed open is used, too. */
  #noteUse(known: readonly [name: string, known: Known][], now: number): void {
    const used = [
      ...known.flatMap(([, one]) => (one.usedAt >= now - 2 * this.#checkEveryMs ? one.credential : [])),
      ...[...this.#watchers].map(({ credential }) => credential),
    ];
    const keyIds = used.flatMap(({ keyId, sessionId }) => (sessionId === null ? (keyId ?? []) : []));
    this.#keyUse.note(keyIds, now);
    const sessionIds = used.flatMap(({ sessionId }) => sessionId ?? []);
    this.#sessionUse.note(sessionIds, now);
  }
}

/** Of a key each secret by itself: after a rotation the one before ends earlier. */
function idOf({ sessionId, keyId, secretHash, token, tenantId, role, agentId }: Credential): string {
  if (token !== undefined) return `token ${tenantId} ${role} ${agentId} ${token.expiresAt} ${token.subject}`;
  return sessionId === null ? `key ${keyId} ${secretHash}` : `session ${sessionId}`;
}

/** The key in an `Authorization: Bearer …` header; null where it has another form. */
function keyIn(authorization: string | undefined): string | null {
  const [scheme, key, ...rest] = authorization?.split(' ') ?? [];
  return scheme?.toLowerCase() === 'bearer' && key !== undefined && rest.length === 0 ? key : null;
}
