import type { TenantId } from '@baton/schema';
import { SoonestTimer } from '../fairness/soonest-timer.ts';
import type { TenantActivity } from '../fairness/tenant-activity.ts';
import { TenantBudget } from '../fairness/tenant-budget.ts';
import type { FeedLog } from './feed-log.ts';

/** How many readers have their turn before other work of the process has its own: about half a millisecond. */
const READERS_OF_A_SLICE = 16;
/** How much of the process's time a tenant's readers may take while others are active. */
const BUDGET = { share: 0.06, burstMs: 5 };

/**
 * Gives readers their turns in slices, and lets the process do other work between them, so that an event with thousands
 * of readers holds nobody else up. Tenants take turns, and of a tenant its logs.
 */
export class Delivery {
  /** What is due, the next tenant first. */
  readonly #due = new Map<TenantId, Set<FeedLog>>();
  readonly #activity: TenantActivity;
  readonly #budget: TenantBudget;
  /** Whether the next slice comes as soon as other work has had its turn. */
  #isNext = false;
  readonly #retry = new SoonestTimer(() => {
    if (!this.#isNext) this.#deliverSlice();
  });

  constructor(activity: TenantActivity) {
    this.#activity = activity;
    this.#budget = new TenantBudget(BUDGET, activity);
  }

  /** Takes in a log that has something for a reader; where nobody waits, the first slice is done at once. */
  add(tenantId: TenantId, log: FeedLog): void {
    this.#activity.touch(tenantId);
    const logs = this.#due.get(tenantId);
    if (logs === undefined) this.#due.set(tenantId, new Set([log]));
    else logs.add(log);
    if (!this.#isNext) this.#deliverSlice();
  }

  readonly #deliverSlice = (): void => {
    this.#isNext = false;
    const from = performance.now();
    const served: TenantId[] = [];
    let soonestMs = Infinity;
    for (const [tenantId, logs] of this.#due) {
      if (served.length === READERS_OF_A_SLICE) break;
      const waitMs = this.#budget.waitMs(tenantId);
      soonestMs = Math.min(soonestMs, waitMs);
      if (waitMs > 0) continue;
      const [log] = logs;
      const reader = log?.takeDue();
      if (log !== undefined) logs.delete(log);
      this.#due.delete(tenantId);
      if (reader !== undefined && log !== undefined) {
        logs.add(log);
        reader.wake();
        served.push(tenantId);
      }
      // The one that had its turn comes behind the others.
      if (logs.size > 0) this.#due.set(tenantId, logs);
    }
    if (served.length > 0) this.#charge(served, from);
    if (this.#due.size === 0) return;
    if (served.length === 0) {
      this.#retry.runWithin(soonestMs);
      return;
    }
    this.#isNext = true;
    setImmediate(this.#deliverSlice);
  };

  /** Charges each tenant for its part of the slice, a tick after all that follows from it at once. */
  #charge(served: readonly TenantId[], from: number): void {
    queueMicrotask(() =>
      process.nextTick(() => {
        const eachMs = (performance.now() - from) / served.length;
        for (const tenantId of served) this.#budget.charge(tenantId, eachMs);
      }),
    );
  }
}
