import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { useFeedEntries, useFeedResumed } from '../live/live-provider.tsx';
import type { InboxFilter } from './inbox-filter.ts';
import { InboxList, type InboxState } from './inbox-list.ts';

/** Reload interval of lists with a relative filter, in milliseconds. */
const RELOAD_MS = 60_000;

export function useInboxList(filter: InboxFilter): { list: InboxList; state: InboxState } {
  const { api } = useBaton();
  const filterKey = JSON.stringify(filter);
  // An equal filter keeps the same list.
  const list = useMemo(() => new InboxList(api, JSON.parse(filterKey) as InboxFilter), [api, filterKey]);
  const state = useSyncExternalStore(list.subscribe, () => list.state);
  const isTimeDependent = filter.waits !== undefined || filter.due !== undefined;
  useEffect(() => {
    void list.load();
    if (!isTimeDependent) return undefined;
    const timer = setInterval(() => void list.load(), RELOAD_MS);
    return () => clearInterval(timer);
  }, [list, isTimeDependent]);
  useFeedEntries((entry) => list.applyEntry(entry));
  useFeedResumed(() => void list.load());
  return { list, state };
}
