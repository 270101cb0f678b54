import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { drafts } from '../conversation/drafts.ts';
import { useFeedEntries } from '../live/live-provider.tsx';

/** Many conversations may be erased one after another; what was read is forgotten once for all of them. */
const SETTLED_MS = 500;

/** Takes from this browser what it keeps of contacts that are erased, whoever erases them. */
export function useForgetErased(): void {
  const queryClient = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useFeedEntries(({ kind, conversationId }) => {
    if (kind !== 'erasure') return;
    drafts.forget(conversationId);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      queryClient.removeQueries({ type: 'inactive' });
      void queryClient.invalidateQueries();
    }, SETTLED_MS);
  });
}
