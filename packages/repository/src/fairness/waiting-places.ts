/** How many places a tenant may take for each one that is free. */
const PLACES_FOR_A_FREE_ONE = 9;

/** Why one more may not wait: all places are taken, or the tenant's share is. */
export type NoPlace = 'full' | 'over_share';

/**
 * Whether one more of a tenant may wait: by a dynamic threshold (Choudhury and Hahne, "Dynamic Queue Length Thresholds",
 * IEEE/ACM Transactions on Networking 1998), which leaves some places free however many tenants want them all. A
 * tenant alone gets nine tenths, each of two 9/19, and whoever has few waiting always finds a place.
 * @param own how many of the tenant wait
 * @returns null where it may
 */
export function refusedPlace(places: { limit: number; taken: number; own: number }): NoPlace | null {
  const free = places.limit - places.taken;
  if (free <= 0) return 'full';
  return places.own < free * PLACES_FOR_A_FREE_ONE ? null : 'over_share';
}
