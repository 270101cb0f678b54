import type { ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateLimitOptions {
  /** The policy's name in the headers: `calls`. */
  name: string;
  /** How many in each window. */
  limit: number;
  /** The window's length. */
  seconds: number;
  /** What the caller is told. */
  message: string;
}

/**
 * So many of each key in a window of time, counted in this process, with the fields that tell a caller of it:
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export class RateLimit {
  /** The value of `RateLimit-Policy`. */
  readonly policy: string;
  readonly #limiter: RateLimiterMemory;
  readonly #options: RateLimitOptions;

  constructor(options: RateLimitOptions) {
    const { name, limit, seconds } = options;
    this.#options = options;
    this.policy = `"${name}";q=${limit};w=${seconds}`;
    this.#limiter = new RateLimiterMemory({ points: limit, duration: seconds, keyPrefix: '' });
  }

  /**
   * Counts so many more of a key.
   * @returns the value of `RateLimit`
   * @throws Refusal RATE_LIMITED, and sets the headers that say so
   */
  async take(key: string, count: number, response: ServerResponse): Promise<string> {
    try {
      return this.#stateOf(await this.#limiter.consume(key, count));
    } catch (thrown) {
      if (thrown instanceof RateLimiterRes) throw this.#refusal(thrown, response);
      throw thrown;
    }
  }

  /** Counts one more of a key, whether it is over the limit or not. */
  async count(key: string): Promise<void> {
    await this.#limiter.penalty(key);
  }

  /** @throws Refusal RATE_LIMITED once as many of a key were counted as there may be, and sets the headers that say so */
  async requireRoom(key: string, response: ServerResponse): Promise<void> {
    const state = await this.#limiter.get(key);
    if (state !== null && state.remainingPoints === 0) throw this.#refusal(state, response);
  }

  #stateOf({ remainingPoints, msBeforeNext }: RateLimiterRes): string {
    return `"${this.#options.name}";r=${remainingPoints};t=${Math.ceil(msBeforeNext / 1_000)}`;
  }

  #refusal(state: RateLimiterRes, response: ServerResponse): Refusal {
    if (!response.headersSent) setRateHeaders(response, { policy: this.policy, state: this.#stateOf(state) });
    const { name, limit, message } = this.#options;
    const retryAfterMs = Math.max(1, Math.ceil(state.msBeforeNext));
    return new Refusal('RATE_LIMITED', message, { limit: name, allowed: limit, retryAfterMs });
  }
}

/** What an answer tells of a limit. */
export interface RateHeaders {
  policy: string;
  state: string;
}

export function setRateHeaders(response: ServerResponse, { policy, state }: RateHeaders): void {
  response.setHeader('ratelimit-policy', policy);
  response.setHeader('ratelimit', state);
}
