import type { TenantId } from '@baton/schema';

/**
 * Whose turn it is among tenants that wait: deficit round robin (Shreedhar and Varghese, "Efficient Fair Queuing using
 * Deficit Round Robin", SIGCOMM 1995). Each has a credit, what it is served is taken from it, and who has none left
 * waits until nobody else has any; so tenants get equal shares of the cost, whatever each piece costs.
 */
export class DeficitRoundRobin {
  readonly #quantum: number;
  /** The credit of each tenant that waits, in the order of their turns. */
  readonly #credits = new Map<TenantId, number>();

  /** @param quantum what a tenant may be served in a turn; a piece may cost more, and the next turns pay for it */
  constructor(quantum: number) {
    this.#quantum = quantum;
  }

  /** Takes a tenant in, after the others; one that waits already keeps its place. */
  join(tenantId: TenantId): void {
    if (!this.#credits.has(tenantId)) this.#credits.set(tenantId, this.#quantum);
  }

  leave(tenantId: TenantId): void {
    this.#credits.delete(tenantId);
  }

  /** The next tenant among those that can be served; undefined where none can. */
  next(canBeServed: (tenantId: TenantId) => boolean): TenantId | undefined {
    let richest = -Infinity;
    for (const [tenantId, credit] of this.#credits) {
      if (!canBeServed(tenantId)) continue;
      if (credit > 0) return tenantId;
      richest = Math.max(richest, credit);
    }
    if (richest === -Infinity) return undefined;
    // Everybody's turns go by until one has credit again.
    const rounds = Math.floor(-richest / this.#quantum) + 1;
    for (const [tenantId, credit] of this.#credits)
      this.#credits.set(tenantId, Math.min(this.#quantum, credit + rounds * this.#quantum));
    return this.next(canBeServed);
  }

  /** Ends a tenant's turn. A cost that is known only later is charged then. */
  endTurn(tenantId: TenantId, cost: number): void {
    const credit = this.#credits.get(tenantId);
    if (credit === undefined) return;
    this.#credits.delete(tenantId);
    this.#credits.set(tenantId, credit - cost);
  }

  /** Takes a cost from a tenant's credit; its place stays. */
  charge(tenantId: TenantId, cost: number): void {
    const credit = this.#credits.get(tenantId);
    if (credit !== undefined) this.#credits.set(tenantId, credit - cost);
  }
}
