import { Refusal } from '@baton/domain';
import type { TenantId } from '@baton/schema';
import { DeficitRoundRobin } from './deficit-round-robin.ts';
import { Fifo } from './fifo.ts';
import { SoonestTimer } from './soonest-timer.ts';
import type { TenantActivity } from './tenant-activity.ts';
import { TenantBudget } from './tenant-budget.ts';

/** How long calls are begun before the process does its other work, in milliseconds, and how many at most. */
const SLICE_MS = 1;
const CALLS_OF_A_SLICE = 16;
/** How many milliseconds of beginning calls are a tenant's turn. */
const QUANTUM_MS = 1;
/** Longest wait for a turn, in milliseconds, and what a caller is told who has waited for longer. */
const LONGEST_WAIT_MS = 5_000;
const RETRY_AFTER_MS = 1_000;
/** So many calls of a tenant may wait while others are active; a request that comes then is refused unread. */
const MOST_WAITING = 500;
/** How much of the process's time a tenant's calls may take to begin while others are active. */
const BUDGET = { share: 0.12, burstMs: 5 };

type WaitingCall = { since: number; begin: () => void; refuse: (refusal: Refusal) => void };

/**
 * Whose calls the process begins next. Calls that come together are begun in slices of a millisecond, and between two of
 * them the process reads and writes for everybody; where calls wait, tenants take turns by the time that theirs take to
 * begin. So a thousand calls of one tenant delay another's by a slice.
 */
export class LoopTurns {
  readonly #turns = new DeficitRoundRobin(QUANTUM_MS);
  readonly #waiting = new Map<TenantId, Fifo<WaitingCall>>();
  /** When the present slice began; null while the process does other work. */
  #sliceBegan: number | null = null;
  #begun = 0;
  #isServing = false;
  readonly #retry = new SoonestTimer(() => this.#serve());
  readonly #activity: TenantActivity;
  readonly #budget: TenantBudget;
  readonly #now: () => number;

  /** @param now milliseconds on a clock that nobody sets */
  constructor(activity: TenantActivity, now: () => number = () => performance.now()) {
    this.#activity = activity;
    this.#budget = new TenantBudget(BUDGET, activity, now);
    this.#now = now;
  }

  /**
   * @returns null where the call may begin at once, else what resolves when it is its turn; it rejects with the Refusal
   * RATE_LIMITED where that takes more than 5 s
   */
  take(tenantId: TenantId): Promise<void> | null {
    this.#activity.touch(tenantId);
    this.#openSlice();
    const isFirst = !this.#isServing && !this.#waiting.has(tenantId);
    if (isFirst && this.#budget.waitMs(tenantId) === 0 && this.#hasTime()) {
      this.#begun += 1;
      return null;
    }
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(tenantId) ?? new Fifo();
      this.#waiting.set(tenantId, waiting);
      waiting.push({ since: this.#now(), begin: resolve, refuse: reject });
      this.#turns.join(tenantId);
    });
  }

  /**
   * For a request whose calls are not known yet.
   * @throws Refusal RATE_LIMITED where too many calls of its tenant wait while others are active
   */
  requireRoom(tenantId: TenantId): void {
    const waiting = this.#waiting.get(tenantId);
    if (waiting === undefined || waiting.size < MOST_WAITING || this.#activity.isAlone(tenantId)) return;
    throw tooManyCalls();
  }

  /** A slice begins with its first call; when it is over, the next one begins with those that wait. */
  #openSlice(): void {
    if (this.#sliceBegan !== null) return;
    this.#sliceBegan = this.#now();
    this.#begun = 0;
    setImmediate(this.#beginNextSlice);
  }

  #hasTime(): boolean {
    return (
      this.#begun < CALLS_OF_A_SLICE && this.#sliceBegan !== null && this.#now() - this.#sliceBegan < SLICE_MS
    );
  }

  readonly #beginNextSlice = (): void => {
    this.#sliceBegan = null;
    this.#serve();
  };

  /** Lets one call begin, and the next once that one waits for something. */
  #serve(): void {
    if (this.#waiting.size === 0 || this.#isServing) return;
    let soonestMs = Infinity;
    const tenantId = this.#turns.next((id) => {
      const waitMs = this.#budget.waitMs(id);
      soonestMs = Math.min(soonestMs, waitMs);
      return waitMs === 0;
    });
    const waiting = tenantId && this.#waiting.get(tenantId);
    const call = waiting?.shift();
    if (tenantId === undefined || waiting === undefined || call === undefined) {
      this.#retry.runWithin(soonestMs);
      return;
    }
    this.#openSlice();
    this.#isServing = true;
    this.#begun += 1;
    const from = this.#now();
    if (from - call.since > LONGEST_WAIT_MS) call.refuse(tooManyCalls());
    else call.begin();
    // A tick after all that follows from the call at once.
    queueMicrotask(() =>
      process.nextTick(() => {
        const tookMs = this.#now() - from;
        this.#turns.endTurn(tenantId, tookMs);
        this.#budget.charge(tenantId, tookMs);
        if (waiting.size === 0) {
          this.#waiting.delete(tenantId);
          this.#turns.leave(tenantId);
        }
        this.#isServing = false;
        if (this.#hasTime()) this.#serve();
      }),
    );
  }
}

function tooManyCalls(): Refusal {
  const details = { retryAfterMs: RETRY_AFTER_MS };
  return new Refusal('RATE_LIMITED', 'Too many of your calls wait; try again later', details);
}
