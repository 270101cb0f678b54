import type { ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import { LRUCache } from 'lru-cache';

/** How many keys are counted at once: strangers choose some of them. Those that were not seen for longest give way. */
const MOST_KEYS = 20_000;

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

/** What was counted of a key, and when that ends, of `performance.now()`. */
type Window = { count: number; until: number };

/**
 * So many of each key in a window of time, counted in this process, with the fields that tell a caller of it:
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export class RateLimit {
  /** The value of `RateLimit-Policy`. */
  readonly policy: string;
  readonly #windows: LRUCache<string, Window>;
  readonly #options: RateLimitOptions;

  constructor(options: RateLimitOptions, mostKeys: number = MOST_KEYS) {
    const { name, limit, seconds } = options;
    this.#options = options;
    this.policy = `"${name}";q=${limit};w=${seconds}`;
    this.#windows = new LRUCache({ max: mostKeys });
  }

  /**
   * Counts so many more of a key.
   * @returns the value of `RateLimit`
   * @throws Refusal RATE_LIMITED, and sets the headers that say so
   */
  take(key: string, count: number, response: ServerResponse): string {
    const window = this.#add(key, count);
    if (window.count > this.#options.limit) throw this.#refusal(window, response);
    return this.#stateOf(window);
  }

  /** Counts one more of a key, whether it is over the limit or not. */
  count(key: string): void {
    this.#add(key, 1);
  }

  /** @throws Refusal RATE_LIMITED once as many of a key were counted as there may be, and sets the headers that say so */
  requireRoom(key: string, response: ServerResponse): void {
    const window = this.#windows.get(key);
    if (window === undefined || window.until <= performance.now()) return;
    if (window.count >= this.#options.limit) throw this.#refusal(window, response);
  }

  #add(key: string, count: number): Window {
    const now = performance.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.until <= now) {
      window = { count: 0, until: now + this.#options.seconds * 1_000 };
      this.#windows.set(key, window);
    }
    window.count += count;
    return window;
  }

  #stateOf({ count, until }: Window): string {
    const { name, limit } = this.#options;
    const seconds = Math.ceil((until - performance.now()) / 1_000);
    return `"${name}";r=${Math.max(0, limit - count)};t=${seconds}`;
  }

  #refusal(window: Window, response: ServerResponse): Refusal {
    if (!response.headersSent)
      setRateHeaders(response, { policy: this.policy, state: this.#stateOf(window) });
    const { name, limit, message } = this.#options;
    const retryAfterMs = Math.max(1, Math.ceil(window.until - performance.now()));
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
