import { createHash } from 'node:crypto';
import { Refusal } from '@baton/domain';
import type { Store } from '@baton/repository';
import type { Credential } from '@baton/router';
import { LRUCache } from 'lru-cache';
import { refused } from './claims.ts';
import type { Issuer } from './issuer.ts';
import type { TokenOptions } from './oidc-options.ts';
import { isToken, verifyToken } from './verify-token.ts';

const REMEMBERED = 10_000;
const REMEMBERED_MS = 5_000;

/** Finds what a company's JWTs allow. */
export class CompanyTokens {
  readonly #store: Store;
  readonly #issuer: Issuer;
  readonly #options: TokenOptions;
  /** Why tokens were refused a moment ago, by their hashes. */
  readonly #refused = new LRUCache<string, Refusal>({ max: REMEMBERED, ttl: REMEMBERED_MS });

  constructor(store: Store, issuer: Issuer, options: TokenOptions) {
    this.#store = store;
    this.#issuer = issuer;
    this.#options = options;
  }

  /** A short name for a token; null for what is none. */
  nameOf(text: string): string | null {
    if (!isToken(text)) return null;
    return `token ${createHash('sha256').update(text).digest('base64')}`;
  }

  /**
   * The credential that a token is.
   * @throws Refusal UNAUTHORIZED, which says why; UNAVAILABLE where issuer or store cannot be asked
   */
  async credentialOf(token: string, name: string): Promise<Credential> {
    const before = this.#refused.get(name);
    if (before !== undefined) throw before;
    try {
      return await this.#look(token);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'UNAUTHORIZED') this.#refused.set(name, error);
      throw error;
    }
  }

  async #look(token: string): Promise<Credential> {
    const now = await this.#store.time();
    const { tenantId, role, agentId, subject, expiresAt } = await verifyToken(token, {
      issuer: this.#issuer,
      options: this.#options,
      now,
    });
    const [standing] = await this.#store.standingsOf([{ tenantId, agentId }], tenantId);
    if (standing === undefined || standing.tenant === 'unknown')
      throw refused(`names the tenant ${tenantId}, which is not there`);
    if (agentId !== null && standing.agentKind === null)
      throw refused(`names the agent ${agentId}, which is not registered`);
    return {
      tenantId,
      role,
      agentId,
      keyId: null,
      sessionId: null,
      token: { subject, expiresAt },
      ...(standing.tenant === 'suspended' && { isTenantSuspended: true as const }),
    };
  }
}
