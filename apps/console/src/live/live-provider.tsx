import { isRefused } from '@baton/client';
import type { Entry } from '@baton/schema';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type FeedState, TenantFeed } from './tenant-feed.ts';

const FeedContext = createContext<TenantFeed | null>(null);

/** Pause before the feed is asked for again when the server has refused it, in milliseconds. */
const RETRY_MS = 3_000;

function useFeed(): TenantFeed {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error('LiveProvider is missing');
  return feed;
}

/** Keeps one subscription to the tenant's feed for the whole page. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [feed] = useState(() => new TenantFeed(api));

  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined;
    let stop: () => void = () => undefined;
    function start(): void {
      stop = feed.start((error) => {
        // A session that has ended: the page asks who is there.
        if (isRefused(error, 'UNAUTHORIZED')) void queryClient.invalidateQueries(trpc.session.pathFilter());
        retry = setTimeout(start, RETRY_MS);
      });
    }
    start();
    // What a break has hidden from the feed is read again once.
    const stopResumed = feed.onResumed(() => void queryClient.invalidateQueries());
    return () => {
      clearTimeout(retry);
      stop();
      stopResumed();
    };
  }, [feed, queryClient, trpc]);

  return <FeedContext value={feed}>{children}</FeedContext>;
}

/** Whether the page is live, and when it last heard. */
export function useFeedState(): FeedState {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, () => feed.state);
}

/** Calls back for each new entry of the tenant. */
export function useFeedEntries(listener: (entry: Entry) => void): void {
  const feed = useFeed();
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed.onEntry((entry) => latest.current(entry)), [feed]);
}

/** Calls back when the feed stands again after a break. */
export function useFeedResumed(listener: () => void): void {
  const feed = useFeed();
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed.onResumed(() => latest.current()), [feed]);
}
