import { Refusal } from '@baton/domain';
import type { TenantId } from '@baton/schema';
import { DeficitRoundRobin } from './deficit-round-robin.ts';
import { Fifo } from './fifo.ts';
import { SoonestTimer } from './soonest-timer.ts';
import type { TenantActivity } from './tenant-activity.ts';
import { TenantBudget } from './tenant-budget.ts';
import { refusedPlace } from './waiting-places.ts';

const LANES = ['quick', 'slow', 'feed'] as const;

/** Slow are those whose time grows with what a tenant has: searches and figures; feeds read what they missed. */
export type ReadLane = (typeof LANES)[number];

/** Most reads of a lane in flight: of one tenant while others are active, of one alone, and of all together. */
const LIMITS: Record<ReadLane, { share: number; alone: number; together: number }> = {
  quick: { share: Infinity, alone: Infinity, together: Infinity },
  slow: { share: 1, alone: 8, together: 16 },
  feed: { share: 2, alone: 8, together: 16 },
};
/** How much of the time a tenant's slow reads and its feeds' may take while others are active. */
const BUDGET = { share: 0.15, burstMs: 25 };
/** How many milliseconds of reads are a turn. */
const QUANTUM_MS = 50;
const WAITING_LIMIT = 10_000;
/** Longest wait for a turn, in milliseconds. */
const WAIT_TIMEOUT_MS = 5_000;
/** What a caller is told whose read found no place to wait, or waited too long. */
const RETRY_AFTER_MS = 1_000;

type WaitingRead = {
  tenantId: TenantId;
  lane: ReadLane;
  until: number;
  start: () => void;
  refuse: () => void;
};

type TenantReads = {
  inFlight: Record<ReadLane, number>;
  waiting: Record<ReadLane, Fifo<WaitingRead>>;
  /** Without those that were refused while they waited. */
  waitingCount: number;
};

/**
 * Lets reads through to the connection pool so that no tenant's keep those of others waiting. A tenant has at most half
 * of the pool in flight while others are active, and few slow reads; a tenth of the pool is left for writes and
 * health. Where reads wait, tenants take turns by the milliseconds that theirs have taken.
 */
export class ReadGate {
  readonly #capacity: number;
  readonly #share: number;
  readonly #activity: TenantActivity;
  readonly #budget: TenantBudget;
  readonly #now: () => number;
  readonly #tenants = new Map<TenantId, TenantReads>();
  readonly #turns = eachLane(() => new DeficitRoundRobin(QUANTUM_MS));
  readonly #inFlight = eachLane(() => 0);
  /** Those that wait, the oldest first. */
  readonly #waiting = new Set<WaitingRead>();
  #timer: NodeJS.Timeout | undefined;
  readonly #retry = new SoonestTimer(() => this.#startWaiting());

  /** @param poolSize how many connections there are */
  constructor(poolSize: number, activity: TenantActivity, now: () => number = () => performance.now()) {
    this.#capacity = Math.max(1, poolSize - Math.ceil(poolSize / 10));
    this.#share = Math.max(1, Math.floor(poolSize / 2));
    this.#activity = activity;
    this.#budget = new TenantBudget(BUDGET, activity, now);
    this.#now = now;
  }

  /**
   * Does a read as soon as it is its tenant's turn, at once where there is room.
   * @throws Refusal RATE_LIMITED where too many of the tenant's wait, UNAVAILABLE where it waited for 5 s
   */
  run<Result>(tenantId: TenantId, lane: ReadLane, read: () => Promise<Result>): Promise<Result> {
    this.#activity.touch(tenantId);
    const tenant = this.#tenantOf(tenantId);
    if (tenant.waiting[lane].size === 0 && this.#mayStart(tenantId, lane)) {
      return this.#start(tenantId, tenant, lane, read);
    }
    const refused = refusedPlace({
      limit: WAITING_LIMIT,
      taken: this.#waiting.size,
      own: tenant.waitingCount,
    });
    if (refused !== null) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const waiting: WaitingRead = {
        tenantId,
        lane,
        until: this.#now() + WAIT_TIMEOUT_MS,
        start: () => resolve(this.#start(tenantId, tenant, lane, read)),
        refuse: () => reject(tooLate()),
      };
      tenant.waiting[lane].push(waiting);
      tenant.waitingCount += 1;
      this.#waiting.add(waiting);
      this.#turns[lane].join(tenantId);
      this.#watchTimeouts();
      // One that waits for its tenant's budget has nothing to wake it.
      this.#startWaiting();
    });
  }

  /** How many reads of each lane wait and run. */
  get lanes(): Record<ReadLane, { waiting: number; inFlight: number }> {
    const waiting = eachLane(() => 0);
    for (const { lane } of this.#waiting) waiting[lane] += 1;
    return {
      quick: { waiting: waiting.quick, inFlight: this.#inFlight.quick },
      slow: { waiting: waiting.slow, inFlight: this.#inFlight.slow },
      feed: { waiting: waiting.feed, inFlight: this.#inFlight.feed },
    };
  }

  /** How long the oldest read that waits has waited, in milliseconds; 0 without any. */
  get oldestWaitMs(): number {
    const [oldest] = this.#waiting;
    return oldest === undefined ? 0 : Math.max(0, this.#now() - (oldest.until - WAIT_TIMEOUT_MS));
  }

  #start<Result>(
    tenantId: TenantId,
    tenant: TenantReads,
    lane: ReadLane,
    read: () => Promise<Result>,
  ): Promise<Result> {
    tenant.inFlight[lane] += 1;
    this.#inFlight[lane] += 1;
    const from = this.#now();
    const end = () => {
      tenant.inFlight[lane] -= 1;
      this.#inFlight[lane] -= 1;
      const tookMs = this.#now() - from;
      this.#turns[lane].charge(tenantId, tookMs);
      if (lane !== 'quick') this.#budget.charge(tenantId, tookMs);
      if (this.#waiting.size > 0) this.#startWaiting();
      this.#forgetIdle(tenantId, tenant);
    };
    return read().then(
      (result) => {
        end();
        return result;
      },
      (error: unknown) => {
        end();
        throw error;
      },
    );
  }

  #startWaiting(): void {
    for (const lane of LANES) {
      for (;;) {
        const tenantId = this.#turns[lane].next((id) => this.#mayStart(id, lane));
        const tenant = tenantId && this.#tenants.get(tenantId);
        if (tenantId === undefined || tenant === undefined) break;
        const waiting = tenant.waiting[lane].shift();
        if (tenant.waiting[lane].size === 0) this.#turns[lane].leave(tenantId);
        else this.#turns[lane].endTurn(tenantId, 0);
        // One that was refused meanwhile is only taken out.
        if (waiting === undefined || !this.#waiting.delete(waiting)) continue;
        tenant.waitingCount -= 1;
        waiting.start();
      }
    }
  }

  #mayStart(tenantId: TenantId, lane: ReadLane): boolean {
    const { share, alone, together } = LIMITS[lane];
    if (sumOf(this.#inFlight) >= this.#capacity || this.#inFlight[lane] >= together) return false;
    const { inFlight } = this.#tenantOf(tenantId);
    if (this.#activity.isAlone(tenantId)) return inFlight[lane] < alone;
    if (inFlight[lane] >= share || sumOf(inFlight) >= this.#share) return false;
    const waitMs = lane === 'quick' ? 0 : this.#budget.waitMs(tenantId);
    if (waitMs > 0) this.#retry.runWithin(waitMs);
    return waitMs === 0;
  }

  #tenantOf(tenantId: TenantId): TenantReads {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const tenant = {
      inFlight: eachLane(() => 0),
      waiting: eachLane(() => new Fifo<WaitingRead>()),
      waitingCount: 0,
    };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  #forgetIdle(tenantId: TenantId, { inFlight, waitingCount }: TenantReads): void {
    if (sumOf(inFlight) + waitingCount > 0) return;
    this.#tenants.delete(tenantId);
    for (const turns of Object.values(this.#turns)) turns.leave(tenantId);
  }

  /** Refuses what has waited too long; one timer serves all, as all wait for the same time at most. */
  #watchTimeouts(): void {
    if (this.#timer !== undefined) return;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const onTimeout = () => {
      this.#timer = undefined;
      const now = this.#now();
      for (const waiting of this.#waiting) {
        if (waiting.until > now) break;
        this.#waiting.delete(waiting);
        const tenant = this.#tenants.get(waiting.tenantId);
        if (tenant !== undefined) tenant.waitingCount -= 1;
        waiting.refuse();
      }
      this.#watchTimeouts();
    };
    this.#timer = setTimeout(onTimeout, Math.max(0, Math.ceil(oldest.until - this.#now()))).unref();
  }
}

function eachLane<Value>(make: () => Value): Record<ReadLane, Value> {
  return { quick: make(), slow: make(), feed: make() };
}

function sumOf({ quick, slow, feed }: Record<ReadLane, number>): number {
  return quick + slow + feed;
}

function tooMany(): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new Refusal('RATE_LIMITED', 'Too many of your reads wait; try again later', details);
}

function tooLate(): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new Refusal('UNAVAILABLE', 'Other reads took too long; try again later', details);
}
