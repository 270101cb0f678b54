import { useEffect } from 'react';

/** How long a page is left to itself before more is fetched, in milliseconds. */
const DELAY_MS = 3_000;

/**
 * Fetches code that may be needed once the page is at rest, so that it is there when the server is not.
 * @param load the same function at each render
 */
export function usePrefetch(load: () => Promise<unknown>): void {
  useEffect(() => {
    // What cannot be fetched now is fetched when it is needed.
    const timer = setTimeout(() => void load().catch(() => undefined), DELAY_MS);
    return () => clearTimeout(timer);
  }, [load]);
}
