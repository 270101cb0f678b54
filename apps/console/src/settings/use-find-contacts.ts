import type { Baton } from '@baton/client';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type Pages, usePages } from '../lists/use-pages.ts';
import { type NamedContact, namedContactOf } from '../privacy/named-contact.ts';

/** Whoever has exactly this key, with details or only conversations. */
async function findByKey(
  api: Baton['api'],
  contactId: string,
  signal: AbortSignal,
): Promise<NamedContact | null> {
  const { items } = await api.conversations.list.query({ contactId, limit: 1 }, { signal });
  return items[0] === undefined ? null : namedContactOf(items[0]);
}

/** Contacts by key or name: the exact key first, then those whose details or key have words that begin so. */
export function useFindContacts(find: string): Pages<NamedContact> {
  const { api } = useBaton();
  const trpc = useTRPC();
  return usePages({
    queryKey: [...trpc.contacts.list.pathKey(), { find }],
    isEnabled: find !== '',
    read: async (cursor, signal) => {
      const [exact, { items, nextCursor }] = await Promise.all([
        findByKey(api, find, signal),
        api.contacts.list.query({ text: find, limit: 25, cursor }, { signal }),
      ]);
      const others = items
        .filter(({ id }) => id !== exact?.contactId)
        .map(({ id, name }): NamedContact => ({ contactId: id, name: name ?? null }));
      return { items: exact === null || cursor !== undefined ? others : [exact, ...others], nextCursor };
    },
  });
}
