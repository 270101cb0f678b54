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

/** Pause before reconnecting to a feed that the server refused, in milliseconds. */
const RETRY_MS = 3_000;

function useFeed(): TenantFeed {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error('LiveProvider is missing');
  return feed;
}

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
        // The session has ended: shows the sign-in page.
        if (isRefused(error, 'UNAUTHORIZED')) void queryClient.invalidateQueries(trpc.session.pathFilter());
        retry = setTimeout(start, RETRY_MS);
      });
    }
    start();
    // Refetches what was missed while disconnected.
    const stopResumed = feed.onResumed(() => void queryClient.invalidateQueries());
    // The feed may outlive a network that other calls could not use.
    const onOnline = () => feed.resume();
    addEventListener('online', onOnline);
    return () => {
      removeEventListener('online', onOnline);
      clearTimeout(retry);
      stop();
      stopResumed();
    };
  }, [feed, queryClient, trpc]);

  return <FeedContext value={feed}>{children}</FeedContext>;
}

/** Connection status, and when it last received something. */
export function useFeedState(): FeedState {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, () => feed.state);
}

export function useFeedEntries(listener: (entry: Entry) => void): void {
  const feed = useFeed();
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed.onEntry((entry) => latest.current(entry)), [feed]);
}

/** Called when the feed is connected again. */
export function useFeedResumed(listener: () => void): void {
  const feed = useFeed();
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => feed.onResumed(() => latest.current()), [feed]);
}
