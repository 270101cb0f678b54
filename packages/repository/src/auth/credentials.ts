import { Refusal } from '@baton/domain';
import type { ApiKeyId, SessionId } from '@baton/schema';
import { READ_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { Collections } from '../schema/open-collections.ts';
import { apiKeys, type Credential } from './api-key.ts';
import { SecretLookups, type SecretLookupOptions } from './secret-lookups.ts';
import { authenticateSession, readSessions, type SessionCredential, signIn } from './session.ts';

const KEY_FORM = /^baton_[A-Za-z0-9_-]{43}$/;
const SECRET_FORM = /^[A-Za-z0-9_-]{43}$/;

/** Whose a secret is. One that has not the form of ours costs no look. */
export function openCredentials(collections: Collections, options?: SecretLookupOptions) {
  const lookups = new SecretLookups(options);
  return {
    /** What a key stands for; null where it is no key, unknown or revoked. */
    async ofKey(key: string): Promise<Credential | null> {
      if (!KEY_FORM.test(key)) return null;
      return lookups.find(key, READ_TIMEOUT_MS, () => apiKeys.authenticate(collections, key));
    },
    /** Who the secret of a session belongs to; null where it is none, or no longer. */
    async ofSession(secret: string): Promise<SessionCredential | null> {
      if (!SECRET_FORM.test(secret)) return null;
      return lookups.find(`session ${secret}`, READ_TIMEOUT_MS, () =>
        authenticateSession(collections, secret),
      );
    },
    /**
     * Spends a link's token. Returns the secret of the session that it opened.
     * @throws Refusal UNAUTHORIZED for a token that was spent, has expired or never was
     */
    async signIn(token: string): Promise<string> {
      const secret = SECRET_FORM.test(token)
        ? await lookups.find(`link ${token}`, READ_TIMEOUT_MS, () => signIn(collections, token))
        : null;
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
    ): Promise<{ keys: Credential[]; sessions: SessionCredential[] }> {
      const [keys, sessions] = await Promise.all([
        apiKeys.read(collections, keyIds),
        readSessions(collections, sessionIds),
      ]);
      return { keys, sessions };
    },
  };
}
