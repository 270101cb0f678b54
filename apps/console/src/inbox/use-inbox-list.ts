import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { useEntries, useResumed } from '../live/live-provider.tsx';
import type { InboxFilter } from './inbox-filter.ts';
import { InboxList, type InboxState } from './inbox-list.ts';

/** How often a list is read again whose filter speaks of now, in milliseconds. */
const AGAIN_MS = 60_000;

/** The list of a filter, live. */
export function useInboxList(filter: InboxFilter): { list: InboxList; state: InboxState } {
  const { api } = useBaton();
  const name = JSON.stringify(filter);
  // The name says all of the filter; another object with the same parts is the same list.
  const list = useMemo(() => new InboxList(api, JSON.parse(name) as InboxFilter), [api, name]);
  const state = useSyncExternalStore(list.subscribe, () => list.state);
  const isOfNow = filter.waits !== undefined || filter.due !== undefined;
  useEffect(() => {
    void list.load();
    if (!isOfNow) return undefined;
    const timer = setInterval(() => void list.load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [list, isOfNow]);
  useEntries((entry) => list.take(entry));
  useResumed(() => void list.load());
  return { list, state };
}
