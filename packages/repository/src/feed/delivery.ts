import { setImmediate as nextIteration } from 'node:timers/promises';
import type { TenantId } from '@baton/schema';
import type { FeedLog } from './feed-log.ts';

/** How many readers have their turn before other work of the process has its own: about half a millisecond. */
const READERS_OF_A_SLICE = 16;

/**
 * Gives readers their turns in slices, and lets the process do other work between them, so that an event with thousands
 * of readers holds nobody else up. Tenants take turns, and of a tenant its logs.
 */
export class Delivery {
  /** What is due, the next tenant first. */
  readonly #due = new Map<TenantId, Set<FeedLog>>();
  #isRunning = false;

  /** Takes in a log that has something for a reader; the first slice is done at once. */
  add(tenantId: TenantId, log: FeedLog): void {
    const logs = this.#due.get(tenantId);
    if (logs === undefined) this.#due.set(tenantId, new Set([log]));
    else logs.add(log);
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#due.size > 0) {
      this.#deliverSlice();
      await nextIteration();
    }
    this.#isRunning = false;
  }

  #deliverSlice(): void {
    let left = READERS_OF_A_SLICE;
    for (const [tenantId, logs] of this.#due) {
      const [log] = logs;
      const reader = log?.takeDue();
      if (log !== undefined) logs.delete(log);
      this.#due.delete(tenantId);
      if (reader !== undefined && log !== undefined) {
        logs.add(log);
        reader.wake();
        left -= 1;
      }
      // The one that had its turn comes behind the others.
      if (logs.size > 0) this.#due.set(tenantId, logs);
      if (left === 0) return;
    }
  }
}
