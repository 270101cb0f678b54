import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { HttpLimits } from './limits.ts';
import { RateLimit } from './rate-limit.ts';

const FAILURES_SECONDS = 60;
/** How many wrong credentials are remembered. */
const MOST_FAILED = 20_000;

/**
 * What an address may send before anybody knows who it is. A caller whose credential this process knows is not
 * affected: many may share an address.
 */
export class AddressLimits {
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #calls: RateLimit;
  readonly #failures: RateLimit;
  /** A client that repeats one wrong credential guesses nothing: it counts once. */
  readonly #failed = new LRUCache<string, number>({ max: MOST_FAILED });

  /** @param addressOf gives the address that a request comes from; see `clientAddresses` */
  constructor(limits: HttpLimits, addressOf: (request: IncomingMessage) => string) {
    const { unauthenticatedCallsPerSecond: calls, failedAuthenticationsPerMinute: failures } = limits;
    this.#addressOf = addressOf;
    this.#calls = new RateLimit({
      name: 'unauthenticated',
      limit: calls,
      seconds: 1,
      message: `An address makes at most ${calls} calls without a valid credential in a second`,
    });
    this.#failures = new RateLimit({
      name: 'authentication',
      limit: failures,
      seconds: FAILURES_SECONDS,
      message: `An address sends at most ${failures} wrong credentials in a minute`,
    });
  }

  /** The address that a request comes from. */
  of(request: IncomingMessage): string {
    return this.#addressOf(request);
  }

  /**
   * Counts calls without a valid credential.
   * @throws Refusal RATE_LIMITED
   */
  takeCalls(request: IncomingMessage, calls: number, response: ServerResponse): void {
    this.#calls.take(this.#addressOf(request), calls, response);
  }

  /**
   * The address of a request with a credential that is to be looked up.
   * @throws Refusal RATE_LIMITED where too many others from there were wrong
   */
  addressFor(request: IncomingMessage, response: ServerResponse): string {
    const address = this.#addressOf(request);
    this.#failures.requireRoom(address, response);
    return address;
  }

  /** Counts a sign-in with a wrong token. */
  countFailedSignIn(request: IncomingMessage): void {
    this.#failures.count(this.#addressOf(request));
  }

  /** Counts a wrong credential. */
  countFailure(address: string, credential: string): void {
    const hash = createHash('sha256').update(credential).digest('base64');
    const name = `${address} ${hash}`;
    const now = performance.now();
    if (now < (this.#failed.get(name) ?? -Infinity)) return;
    this.#failed.set(name, now + FAILURES_SECONDS * 1_000);
    this.#failures.count(address);
  }
}
