import type { ServerResponse } from 'node:http';
import { Refusal } from '@baton/domain';
import type { Credential } from '@baton/router';
import type { CallLimits } from '@baton/schema';
import type { HttpLimits } from './limits.ts';
import { type RateHeaders, RateLimit } from './rate-limit.ts';

/** When a place may be free again: calls end soon, feeds last. */
const CALL_RETRY_MS = 100;
const FEED_RETRY_MS = 5_000;

/** What one kind of credential may use of the process. */
type Allowance = { rate: RateLimit; callsPerSecond: number; runningCalls: number; feeds: number };

/** What each credential may use of the process: calls in a second, calls that run at once, open feeds. */
export class CredentialLimits {
  readonly #limits: HttpLimits;
  readonly #ofPeople: Allowance;
  readonly #ofApps: Allowance;
  readonly #ofImports: Allowance;
  readonly #running = new Map<string, number>();
  readonly #feeds = new Map<string, number>();

  constructor(limits: HttpLimits) {
    const { callsPerSecond, runningCalls, importCallsPerSecond, feedsPerCredential: feeds } = limits;
    this.#limits = limits;
    this.#ofPeople = { rate: rateOf(callsPerSecond), callsPerSecond, runningCalls, feeds };
    this.#ofApps = { ...this.#ofPeople, feeds: limits.feedsPerApp };
    this.#ofImports = {
      rate: rateOf(importCallsPerSecond),
      callsPerSecond: importCallsPerSecond,
      runningCalls: limits.importRunningCalls,
      feeds: limits.feedsPerApp,
    };
  }

  /** Whatever bounds the calls of a credential. */
  of(credential: Credential): CallLimits {
    const { bodyBytes, answerBytes, nesting, members, batchCalls } = this.#limits;
    const { callsPerSecond, runningCalls, feeds } = this.#allowanceOf(credential);
    return { bodyBytes, answerBytes, nesting, members, batchCalls, callsPerSecond, runningCalls, feeds };
  }

  /**
   * Counts calls that a credential sends now. Returns what their answer tells of the limit.
   * @throws Refusal RATE_LIMITED
   */
  takeCalls(credential: Credential, calls: number, response: ServerResponse): RateHeaders {
    const { rate } = this.#allowanceOf(credential);
    return { policy: rate.policy, state: rate.take(idOf(credential), calls, response) };
  }

  /**
   * Counts calls among those that a credential has running.
   * @returns what ends them
   * @throws Refusal RATE_LIMITED
   */
  startCalls(credential: Credential, calls: number): () => void {
    const most = this.#allowanceOf(credential).runningCalls;
    return enter(this.#running, idOf(credential), calls, {
      what: 'calls',
      most,
      retryAfterMs: CALL_RETRY_MS,
    });
  }

  /**
   * Counts a feed among those that a credential has open.
   * @returns what ends it
   * @throws Refusal RATE_LIMITED
   */
  openFeed(credential: Credential): () => void {
    const most = this.#allowanceOf(credential).feeds;
    return enter(this.#feeds, idOf(credential), 1, { what: 'feeds', most, retryAfterMs: FEED_RETRY_MS });
  }

  #allowanceOf({ role }: Credential): Allowance {
    if (role === 'import' || role === 'admin') return this.#ofImports;
    return role === 'app' ? this.#ofApps : this.#ofPeople;
  }
}

const rateOf = (limit: number): RateLimit =>
  new RateLimit({
    name: 'calls',
    limit,
    seconds: 1,
    message: `A credential makes at most ${limit} calls in a second`,
  });

/** Of a company's tokens those of one subject count together. */
const idOf = ({ sessionId, keyId, token, tenantId }: Credential): string =>
  token === undefined ? (sessionId ?? keyId ?? tenantId) : `token ${tenantId} ${token.subject}`;

type Places = { what: 'calls' | 'feeds'; most: number; retryAfterMs: number };

/** Takes places of a key until what is returned is called. */
function enter(
  taken: Map<string, number>,
  key: string,
  count: number,
  { what, most, retryAfterMs }: Places,
): () => void {
  const before = taken.get(key) ?? 0;
  if (before + count > most) {
    const verb = what === 'calls' ? 'running' : 'open';
    const details = { limit: `${verb} ${what}`, allowed: most, retryAfterMs };
    throw new Refusal('RATE_LIMITED', `A credential has at most ${most} ${what} ${verb} at once`, details);
  }
  taken.set(key, before + count);
  return () => {
    const left = (taken.get(key) ?? 0) - count;
    if (left > 0) taken.set(key, left);
    else taken.delete(key);
  };
}
