import type { Place } from './ranking.ts';
import { Turns } from './turns.ts';

/** A page ends before the hit that would pass this, in bytes. */
const PAGE_BYTES = 4_000_000;
/**
 * What was found at a place; null where it cannot be read or has been redacted. Or that the page ends there, as looking
 * further would take too long.
 */
export type Found<Item> = { place: Place; item: Item | null; bytes: number } | { place: Place; isEnd: true };

/**
 * Takes as many items as a page may have, and lets the process do other work between two of them.
 * @returns `cutAt` the place after which the next page begins, where there is more
 */
export async function takePage<Item>(
  found: AsyncIterable<Found<Item>>,
  limit: number,
): Promise<{ items: Item[]; cutAt: Place | null }> {
  const turns = new Turns();
  const items: Item[] = [];
  let last: Place | null = null;
  let bytes = 0;
  let seen = 0;
  for await (const next of found) {
    if ('isEnd' in next) return { items, cutAt: next.place };
    seen += 1;
    if (next.item === null) {
      last = next.place;
      continue;
    }
    bytes += next.bytes;
    if (items.length === limit || (items.length > 0 && bytes > PAGE_BYTES)) return { items, cutAt: last };
    items.push(next.item);
    last = next.place;
    await turns.pause();
  }
  // One more than wanted was looked for: where some of them cannot be read there may be others.
  return { items, cutAt: seen > limit ? last : null };
}
