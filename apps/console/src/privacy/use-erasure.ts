import type { Baton } from '@baton/client';
import type { Erasure } from '@baton/schema';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBaton, useTRPC } from '../baton-provider.tsx';

/** How often a running erasure is looked at, in milliseconds. */
export const LOOK_EVERY_MS = 1_000;

/** Finds one among the erasures, the newest first. */
async function findErasure(api: Baton['api'], id: string, signal: AbortSignal): Promise<Erasure | null> {
  let cursor: string | undefined;
  do {
    const page = await api.privacy.erasures.query({ limit: 100, cursor }, { signal });
    const found = page.items.find((erasure) => erasure.id === id);
    if (found !== undefined) return found;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return null;
}

/** Erases a contact, and follows until it is done. */
export function useErasure(contactId: string) {
  const { api } = useBaton();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const erase = useMutation({
    mutationFn: () => api.privacy.eraseContact.mutate({ contactId }),
    // What any page keeps may have words of the contact.
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const begun = erase.data;
  const followed = useQuery({
    queryKey: [...trpc.privacy.erasures.pathKey(), { id: begun?.id }],
    queryFn: async ({ signal }) => {
      const found = begun === undefined ? null : await findErasure(api, begun.id, signal);
      if (found?.state === 'done') void queryClient.invalidateQueries({ predicate: isAnother });
      return found;
    },
    enabled: begun?.state === 'running',
    refetchInterval: ({ state }) => (state.data?.state === 'done' ? false : LOOK_EVERY_MS),
  });
  return { erase, erasure: followed.data ?? begun, error: erase.error ?? followed.error };
}

/** Any query but the one that follows an erasure, which would read itself again for ever. */
function isAnother({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  const last = queryKey.at(-1);
  return !(typeof last === 'object' && last !== null && 'id' in last);
}
