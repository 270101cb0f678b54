import { useEffect } from 'react';

/** Delay before prefetching, in milliseconds. */
const DELAY_MS = 3_000;

/**
 * Prefetches code, so that it is there even if the server is not.
 * @param load a stable function
 */
export function usePrefetch(load: () => Promise<unknown>): void {
  useEffect(() => {
    // A failed prefetch is retried when the code is needed.
    const timer = setTimeout(() => void load().catch(() => undefined), DELAY_MS);
    return () => clearTimeout(timer);
  }, [load]);
}
