import type { ServerResponse } from 'node:http';
import type { TenantId } from '@baton/schema';

/** Bodies up to this size have room of their own, in bytes: large ones do not keep them out. */
const SMALL_BYTES = 64 * 1024;
/** The part of the total, and of a tenant's share, that small bodies may take beyond it. */
const ROOM_FOR_SMALL = 1 / 8;
/** The part of the total that one tenant's bodies may take. */
const SHARE_OF_A_TENANT = 1 / 2;
/** A tenant that holds no more bytes than this has room that no other takes. */
const LIGHT_BYTES = 1024 * 1024;
/** That room, beyond the total and what small bodies take, as a part of the total. */
const ROOM_FOR_LIGHT = 1 / 8;
/** How many bodies of one tenant may be on their way at once. */
const MOST_ARRIVING = 2_000;

/** The place that one body takes. */
export interface BodyPlace {
  /** Takes as much as the bytes that have come need; false, and nothing changes, where there is no room. */
  growTo(bytes: number): boolean;
  /** The body has come as a whole. */
  arrived(): void;
  leave(): void;
}

/**
 * The place of a request's body until its answer is sent; null where there is no room.
 * @param response of a client that is still there: one who has left says so no more, and would keep a place for good
 */
export function placeUntilClosed(
  response: ServerResponse,
  budget: BodyBudget,
  tenantId: TenantId,
  declared: number,
): BodyPlace | null {
  const place = budget.enter(tenantId, declared);
  if (place !== null) response.once('close', () => place.leave());
  return place;
}

/** What the bodies of a tenant take; `bytes` are those that have come, or more where more were declared. */
type Share = { bytes: number; arriving: number };

/**
 * How many bytes of bodies a process holds, from their arrival until their requests are answered. What a request declares
 * counts at once among its own tenant's; among all only what has come.
 */
export class BodyBudget {
  readonly #total: number;
  readonly #shares = new Map<TenantId, Share>();
  #used = 0;

  constructor(totalBytes: number) {
    this.#total = totalBytes;
  }

  /** The bytes that have come. */
  get used(): number {
    return this.#used;
  }

  /** A place for a body of so many bytes, 0 where it does not say; null where there is no room. */
  enter(tenantId: TenantId, declared: number): BodyPlace | null {
    const share = this.#shares.get(tenantId) ?? { bytes: 0, arriving: 0 };
    if (share.arriving >= MOST_ARRIVING) return null;
    if (!this.#hasRoom(share, declared, { own: declared, all: declared })) return null;
    share.bytes += declared;
    share.arriving += 1;
    this.#shares.set(tenantId, share);

    let reserved = declared;
    let held = 0;
    let isArriving = true;
    const hold = (bytes: number, atLeast: number) => {
      share.bytes += Math.max(bytes, atLeast) - reserved;
      this.#used += bytes - held;
      reserved = Math.max(bytes, atLeast);
      held = bytes;
    };
    const arrived = () => {
      if (isArriving) share.arriving -= 1;
      isArriving = false;
    };
    return {
      growTo: (bytes) => {
        const size = Math.max(bytes, declared);
        if (!this.#hasRoom(share, size, { own: size - reserved, all: bytes - held })) return false;
        hold(bytes, declared);
        return true;
      },
      arrived,
      leave: () => {
        arrived();
        hold(0, 0);
        const isLast = share.bytes === 0 && share.arriving === 0;
        if (isLast && this.#shares.get(tenantId) === share) this.#shares.delete(tenantId);
      },
    };
  }

  /** @param more the bytes that a body of this size takes beside what it has */
  #hasRoom(share: Share, size: number, more: { own: number; all: number }): boolean {
    const forSmall = size <= SMALL_BYTES ? ROOM_FOR_SMALL : 0;
    const own = share.bytes + more.own;
    if (more.own > 0 && own > this.#total * SHARE_OF_A_TENANT * (1 + forSmall)) return false;
    const isLight = own <= LIGHT_BYTES;
    return (
      this.#used + more.all <= this.#total * (1 + (isLight ? ROOM_FOR_SMALL + ROOM_FOR_LIGHT : forSmall))
    );
  }
}
