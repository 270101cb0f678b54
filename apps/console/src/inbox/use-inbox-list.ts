import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useBaton } from '../baton-provider.tsx';
import { useEntries, useResumed } from '../live/live-provider.tsx';
import type { InboxFilter } from './inbox-filter.ts';
import { InboxList, type InboxState } from './inbox-list.ts';

/** The list of a filter, live. */
export function useInboxList(filter: InboxFilter): { list: InboxList; state: InboxState } {
  const { api } = useBaton();
  const name = JSON.stringify(filter);
  // The name says all of the filter; another object with the same parts is the same list.
  const list = useMemo(() => new InboxList(api, JSON.parse(name) as InboxFilter), [api, name]);
  const state = useSyncExternalStore(list.subscribe, () => list.state);
  useEffect(() => void list.load(), [list]);
  useEntries((entry) => list.take(entry));
  useResumed(() => void list.load());
  return { list, state };
}
