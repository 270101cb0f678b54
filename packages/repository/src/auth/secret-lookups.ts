import { Refusal } from '@baton/domain';
import { LRUCache } from 'lru-cache';

const IN_FLIGHT = 2;
const BATCH_SIZE = 100;
const WAITING_LIMIT = 20_000;
const WAITING_LIMIT_OF_AN_ADDRESS = 5_000;
const RETRY_AFTER_MS = 1_000;
const REMEMBERED = 10_000;
const REMEMBERED_MS = 5_000;
/** Who has had so many unknown secrets looked up within a minute comes after others. */
const FEW_FAILURES = 20;
const FAILURES_MS = 60_000;

type Waiting<Found> = {
  secret: string;
  from: string;
  until: number;
  resolve: (found: Found | null) => void;
  reject: (reason: unknown) => void;
};

/** How secrets are looked up; the numbers are what a process does without them. */
export type SecretLookupOptions = {
  inFlight?: number;
  batchSize?: number;
  waiting?: number;
  waitingOfAnAddress?: number;
  now?: () => number;
};

/**
 * Looks secrets up that a process does not know yet. A stranger may send any number of them: those that wait are looked up
 * many at a time, the addresses that they come from take turns, and one that was unknown a moment ago is not looked up again.
 */
export class SecretLookups<Found> {
  readonly #look: (secrets: readonly string[]) => Promise<ReadonlyMap<string, Found>>;
  readonly #options: Required<SecretLookupOptions>;
  readonly #unknown: LRUCache<string, true>;
  /** How many unknown secrets an address has sent. */
  readonly #failures: LRUCache<string, number>;
  /** What waits, by the address that it comes from; whose turn was last is at the end. */
  readonly #queues = new Map<string, Waiting<Found>[]>();
  #waiting = 0;
  #inFlight = 0;

  /** @param look finds what the secrets stand for; those that are unknown are missing */
  constructor(
    look: (secrets: readonly string[]) => Promise<ReadonlyMap<string, Found>>,
    {
      inFlight = IN_FLIGHT,
      batchSize = BATCH_SIZE,
      waiting = WAITING_LIMIT,
      waitingOfAnAddress = WAITING_LIMIT_OF_AN_ADDRESS,
      now = () => performance.now(),
    }: SecretLookupOptions = {},
  ) {
    this.#look = look;
    this.#options = { inFlight, batchSize, waiting, waitingOfAnAddress, now };
    const expiring = { max: REMEMBERED, ttlResolution: 0, perf: { now } };
    this.#unknown = new LRUCache({ ...expiring, ttl: REMEMBERED_MS });
    this.#failures = new LRUCache({ ...expiring, ttl: FAILURES_MS, noUpdateTTL: true });
  }

  /**
   * What a secret stands for; null, without a look, for one that was unknown within the last 5 s.
   * @param from the address that it comes from
   * @param waitMs how long it may wait for its turn
   * @throws Refusal UNAVAILABLE where too many wait, or it waited too long
   */
  async find(secret: string, from: string, waitMs: number): Promise<Found | null> {
    if (this.#unknown.has(secret)) return null;
    if (!this.#hasRoom(from)) throw tooMany();
    const { promise, resolve, reject } = Promise.withResolvers<Found | null>();
    const queue = this.#queues.get(from) ?? [];
    queue.push({ secret, from, until: this.#options.now() + waitMs, resolve, reject });
    this.#queues.set(from, queue);
    this.#waiting += 1;
    this.#start();
    return promise;
  }

  /** Where all places are taken, the address with the most loses one to an address with fewer. */
  #hasRoom(from: string): boolean {
    const { waiting, waitingOfAnAddress } = this.#options;
    const own = this.#queues.get(from)?.length ?? 0;
    if (own >= waitingOfAnAddress) return false;
    if (this.#waiting < waiting) return true;
    let [most, size] = [from, own + 1];
    for (const [address, queue] of this.#queues)
      if (queue.length > size) [most, size] = [address, queue.length];
    if (most === from) return false;
    this.#shift(most)?.reject(tooMany());
    return true;
  }

  #start(): void {
    while (this.#inFlight < this.#options.inFlight) {
      const batch = this.#nextBatch();
      if (batch.length === 0) return;
      this.#inFlight += 1;
      void this.#lookUp(batch);
    }
  }

  async #lookUp(batch: readonly Waiting<Found>[]): Promise<void> {
    try {
      const found = await this.#look([...new Set(batch.map(({ secret }) => secret))]);
      for (const { secret, from, resolve } of batch) {
        const one = found.get(secret) ?? null;
        if (one === null) {
          this.#unknown.set(secret, true);
          this.#failures.set(from, (this.#failures.get(from) ?? 0) + 1);
        }
        resolve(one);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#inFlight -= 1;
    this.#start();
  }

  #nextBatch(): Waiting<Found>[] {
    const batch: Waiting<Found>[] = [];
    const hasFailed = (address: string) => (this.#failures.get(address) ?? 0) >= FEW_FAILURES;
    const groups = Map.groupBy(this.#queues.keys(), hasFailed);
    for (const addresses of [groups.get(false), groups.get(true)]) {
      for (
        let turns = addresses ?? [];
        turns.length > 0;
        turns = turns.filter((one) => this.#queues.has(one))
      ) {
        for (const address of turns) {
          if (batch.length === this.#options.batchSize) return batch;
          const next = this.#nextOf(address);
          if (next !== undefined) batch.push(next);
        }
      }
    }
    return batch;
  }

  /** The next that an address waits for and that is to be looked up. */
  #nextOf(address: string): Waiting<Found> | undefined {
    for (let next = this.#shift(address); next !== undefined; next = this.#shift(address)) {
      if (next.until <= this.#options.now()) next.reject(tooMany());
      // Meanwhile another may have asked for the same.
      else if (this.#unknown.has(next.secret)) next.resolve(null);
      else return next;
    }
    return undefined;
  }

  #shift(address: string): Waiting<Found> | undefined {
    const queue = this.#queues.get(address);
    const next = queue?.shift();
    this.#queues.delete(address);
    if (queue === undefined || next === undefined) return undefined;
    this.#waiting -= 1;
    if (queue.length > 0) this.#queues.set(address, queue);
    return next;
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
