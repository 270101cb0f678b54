import { Refusal } from '@baton/domain';
import type { ApiKeyId, SessionId, TenantId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { apiKeys } from './api-key.ts';
import type { Credential } from './find-api-keys.ts';
import { isKey } from './key-secret.ts';
import { SecretLookups } from './secret-lookups.ts';
import { type Suspendable, withSuspension } from './suspension.ts';
import { authenticateSessions, findLinks, readSessions, type SessionCredential, signIn } from './session.ts';

const SECRET_FORM = /^[A-Za-z0-9_-]{43}$/;

/** Whether it looks like the secret of a session. */
export const isSessionSecret = (text: string): boolean => SECRET_FORM.test(text);

/**
 * Whose a secret is. One that has not the form of ours costs no look.
 * Of each `from` is the address that the secret comes from: addresses take turns.
 */
export function openCredentials(collections: Collections) {
  /** What was found, with the tenants that are suspended. */
  async function knowing<Found extends { tenantId: TenantId }>(
    finding: Promise<Map<string, Found>>,
  ): Promise<Map<string, Suspendable<Found>>> {
    const found = await finding;
    const secrets = [...found.keys()];
    const credentials = await withSuspension(collections, [...found.values()]);
    return new Map(credentials.map((credential, index) => [secrets[index] ?? '', credential]));
  }
  const keyLookups = new SecretLookups((secrets) => knowing(apiKeys.authenticate(collections, secrets)));
  const sessionLookups = new SecretLookups((secrets) => knowing(authenticateSessions(collections, secrets)));
  const linkLookups = new SecretLookups((tokens) => findLinks(collections, tokens));
  return {
    /** What a key stands for; null where it is no key, unknown or has ended. */
    async ofKey(key: string, from: string): Promise<Suspendable<Credential> | null> {
      return isKey(key) ? keyLookups.find(key, from, READ_TIMEOUT_MS) : null;
    },
    /** Who the secret of a session belongs to; null where it is none, or no longer. */
    async ofSession(secret: string, from: string): Promise<Suspendable<SessionCredential> | null> {
      return isSessionSecret(secret) ? sessionLookups.find(secret, from, READ_TIMEOUT_MS) : null;
    },
    /**
     * Spends a link's token. Returns the secret of the session that it opened.
     * @param browser its family and its system
     * @throws Refusal UNAUTHORIZED for a token that was spent, has expired or never was
     */
    async signIn(token: string, from: string, browser: string | null): Promise<string> {
      const isKnown =
        SECRET_FORM.test(token) && (await linkLookups.find(token, from, READ_TIMEOUT_MS)) !== null;
      const secret = isKnown ? await signIn(collections, token, browser) : null;
      if (secret !== null) return secret;
      throw new Refusal(
        'UNAUTHORIZED',
        'This link was used already or is too old. Ask for a new one: baton sign-in',
      );
    },
    /** Those that are good now, of keys and sessions that were found before. */
    async read(
      keyIds: readonly ApiKeyId[],
      sessionIds: readonly SessionId[],
    ): Promise<{ keys: Suspendable<Credential>[]; sessions: Suspendable<SessionCredential>[] }> {
      const [keys, sessions] = await Promise.all([
        apiKeys.read(collections, keyIds).then((found) => withSuspension(collections, found)),
        readSessions(collections, sessionIds).then((found) => withSuspension(collections, found)),
      ]);
      return { keys, sessions };
    },
  };
}
