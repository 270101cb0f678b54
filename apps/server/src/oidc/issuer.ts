import { Refusal } from '@baton/domain';
import { createRemoteJWKSet, customFetch, errors } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  discovery,
  None,
} from 'openid-client';
import type { OidcOptions } from './oidc-options.ts';

const KEYS_COOLDOWN_MS = 30_000;
const KEYS_MAX_AGE_MS = 10 * 60_000;
const RETRY_AFTER_MS = 5_000;
const TIMEOUT_MS = 5_000;

/** Told of why the issuer cannot be asked. */
export type OnUnreachable = (cause: unknown) => void;

type KeyOf = ReturnType<typeof createRemoteJWKSet>;
type Discovered = { configuration: Configuration; keys: KeyOf };

/**
 * A company's issuer. What it says of itself is asked for once, and its keys when they are needed: every ten minutes, and at
 * most each 30 s for a key that is unknown. One that fails is left alone for 5 s.
 */
export class Issuer {
  readonly #options: OidcOptions;
  readonly #onUnreachable: OnUnreachable;
  #discovered: Promise<Discovered> | null = null;
  #failedUntil = -Infinity;

  constructor(options: OidcOptions, onUnreachable: OnUnreachable = () => undefined) {
    this.#options = options;
    this.#onUnreachable = onUnreachable;
  }

  /**
   * What openid-client asks it with.
   * @throws Refusal UNAVAILABLE
   */
  async configuration(): Promise<Configuration> {
    return (await this.#discover()).configuration;
  }

  /** Finds the key of a token. It throws Refusal UNAVAILABLE, or an error of jose where the token is at fault. */
  readonly keyOf = async (...signed: Parameters<KeyOf>): ReturnType<KeyOf> => {
    const { keys } = await this.#discover();
    try {
      return await keys(...signed);
    } catch (error) {
      throw isOfToken(error) ? error : this.unreachable(error);
    }
  };

  /** Notes that the issuer could not be asked. */
  unreachable(cause: unknown): Refusal {
    if (cause instanceof LeftAlone) return cause;
    // One of several who asked together.
    const leftMs = this.#failedUntil - performance.now();
    if (leftMs > 0) return new LeftAlone(Math.ceil(leftMs));
    const { retryAfterMs = RETRY_AFTER_MS } = this.#options;
    this.#failedUntil = performance.now() + retryAfterMs;
    this.#onUnreachable(cause);
    return new LeftAlone(retryAfterMs);
  }

  #discover(): Promise<Discovered> {
    this.#discovered ??= this.#ask().catch((error: unknown) => {
      this.#discovered = null;
      throw this.unreachable(error);
    });
    return this.#discovered;
  }

  async #ask(): Promise<Discovered> {
    this.#requireRest();
    const { issuer, audience = 'baton', client, timeoutMs = TIMEOUT_MS } = this.#options;
    const isInsecure = issuer.startsWith('http:');
    const found = await discovery(new URL(issuer), client?.id ?? audience, undefined, None(), {
      timeout: timeoutMs / 1_000,
      ...(isInsecure && { execute: [allowInsecureRequests] }),
    });
    const server = found.serverMetadata();
    const keysUrl = URL.parse(server.jwks_uri ?? '');
    if (keysUrl === null || (keysUrl.protocol !== 'https:' && !isInsecure))
      throw new Error('The issuer names no address of its keys, or one without TLS');
    const methods = server.token_endpoint_auth_methods_supported ?? [];
    const authenticate = methods.includes('client_secret_post') ? ClientSecretPost : ClientSecretBasic;
    const secret = client?.secret;
    const configuration =
      client === undefined || secret === undefined
        ? found
        : new Configuration(server, client.id, secret, authenticate(secret));
    configuration.timeout = timeoutMs / 1_000;
    if (isInsecure) allowInsecureRequests(configuration);
    const keys = createRemoteJWKSet(keysUrl, {
      timeoutDuration: timeoutMs,
      cooldownDuration: this.#options.keysCooldownMs ?? KEYS_COOLDOWN_MS,
      cacheMaxAge: KEYS_MAX_AGE_MS,
      [customFetch]: async (url, init) => {
        // After a failure jose itself would ask again for each token.
        this.#requireRest();
        return fetch(url, init);
      },
    });
    return { configuration, keys };
  }

  /** @throws LeftAlone */
  #requireRest(): void {
    const leftMs = this.#failedUntil - performance.now();
    if (leftMs > 0) throw new LeftAlone(Math.ceil(leftMs));
  }
}

class LeftAlone extends Refusal {
  constructor(retryAfterMs: number) {
    super('UNAVAILABLE', "The company's sign-in service cannot be reached; try again", { retryAfterMs });
  }
}

function isOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}
