import type { TenantId } from '@baton/schema';

/** Bodies up to this size have room of their own, in bytes: others' large ones do not keep them out. */
const SMALL_BYTES = 64 * 1024;
/** The part of the total that small bodies may take beyond it. */
const ROOM_FOR_SMALL = 1 / 8;
/** The part of the total that one tenant's larger bodies may take. */
const SHARE_OF_A_TENANT = 1 / 2;

/** The place that one body takes. */
export interface BodyPlace {
  /** Takes as much as a body of this many bytes needs; false, and nothing changes, where there is no room. */
  growTo(bytes: number): boolean;
  leave(): void;
}

/** How many bytes of bodies a process holds, from their arrival until their requests are answered. */
export class BodyBudget {
  readonly #total: number;
  readonly #byTenant = new Map<TenantId, number>();
  #used = 0;

  constructor(totalBytes: number) {
    this.#total = totalBytes;
  }

  get used(): number {
    return this.#used;
  }

  enter(tenantId: TenantId): BodyPlace {
    let held = 0;
    const hold = (bytes: number) => {
      const others = (this.#byTenant.get(tenantId) ?? 0) - held;
      this.#used += bytes - held;
      held = bytes;
      if (others + held === 0) this.#byTenant.delete(tenantId);
      else this.#byTenant.set(tenantId, others + held);
    };
    return {
      growTo: (bytes) => {
        if (!this.#hasRoom(tenantId, bytes, bytes - held)) return false;
        hold(bytes);
        return true;
      },
      leave: () => hold(0),
    };
  }

  #hasRoom(tenantId: TenantId, bytes: number, more: number): boolean {
    if (bytes <= SMALL_BYTES) return this.#used + more <= this.#total * (1 + ROOM_FOR_SMALL);
    const own = this.#byTenant.get(tenantId) ?? 0;
    return this.#used + more <= this.#total && own + more <= this.#total * SHARE_OF_A_TENANT;
  }
}
