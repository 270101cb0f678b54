import { Refusal } from '@baton/domain';
import { LRUCache } from 'lru-cache';

const IN_FLIGHT = 8;
const WAITING_LIMIT = 500;
const RETRY_AFTER_MS = 1_000;
const REMEMBERED = 10_000;
const REMEMBERED_MS = 5_000;

type Waiting = { until: number; start: () => void; refuse: () => void };

/** How secrets are looked up; the numbers are what a process does without them. */
export type SecretLookupOptions = { inFlight?: number; waiting?: number; now?: () => number };

/**
 * Looks secrets up that a process does not know yet. A stranger may send any number of them: a few lookups run at a time,
 * a bounded number wait, and one that was unknown a moment ago is not looked up again.
 */
export class SecretLookups {
  readonly #limit: number;
  readonly #waitingLimit: number;
  readonly #now: () => number;
  readonly #unknown: LRUCache<string, true>;
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;

  constructor({
    inFlight = IN_FLIGHT,
    waiting = WAITING_LIMIT,
    now = () => performance.now(),
  }: SecretLookupOptions = {}) {
    this.#limit = inFlight;
    this.#waitingLimit = waiting;
    this.#now = now;
    this.#unknown = new LRUCache({ max: REMEMBERED, ttl: REMEMBERED_MS, ttlResolution: 0, perf: { now } });
  }

  /**
   * What `look` finds; null, without a look, for a secret that was unknown within the last 5 s.
   * @param name the secret and what it is taken for
   * @param waitMs how long it may wait for its turn
   * @throws Refusal UNAVAILABLE where too many wait, or it waited too long
   */
  async find<Found>(name: string, waitMs: number, look: () => Promise<Found | null>): Promise<Found | null> {
    if (this.#unknown.has(name)) return null;
    if (this.#inFlight < this.#limit) this.#inFlight += 1;
    else await this.#turn(waitMs);
    try {
      // Meanwhile another may have looked for the same.
      if (this.#unknown.has(name)) return null;
      const found = await look();
      if (found === null) this.#unknown.set(name, true);
      return found;
    } finally {
      this.#startNext();
    }
  }

  /** Waits for the place of a lookup that ends. */
  #turn(waitMs: number): Promise<void> {
    if (this.#waiting.length >= this.#waitingLimit) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const until = this.#now() + waitMs;
      this.#waiting.push({ until, start: resolve, refuse: () => reject(tooMany()) });
    });
  }

  #startNext(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.until > this.#now()) {
        next.start();
        return;
      }
      next.refuse();
    }
    this.#inFlight -= 1;
  }
}

function tooMany(): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new Refusal(
    'UNAVAILABLE',
    'Too many unknown credentials are being looked up; try again later',
    details,
  );
}
