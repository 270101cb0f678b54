import type { Baton } from '@baton/client';
import type { Contact, Page } from '@baton/schema';
import { useBaton, useTRPC } from '../baton-provider.tsx';
import { type Pages, usePages } from '../lists/use-pages.ts';
import type { NamedContact } from '../privacy/named-contact.ts';

const PAGE_SIZE = 100;
/** How many contacts one look goes through where few are found. */
const LOOK_AT_MOST = 2_000;
const ENOUGH_FOUND = 20;

/** Whether each of the words is in the contact's key, name, address or number. */
export function isMatch({ id, name, email, phone }: Contact, find: string): boolean {
  const text = [id, name, email, phone].join('\n').toLocaleLowerCase();
  return find
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Whoever has exactly this key, with details or only conversations. */
async function findByKey(
  api: Baton['api'],
  contactId: string,
  signal: AbortSignal,
): Promise<NamedContact | null> {
  const { items } = await api.conversations.list.query({ contactId, limit: 1 }, { signal });
  return items[0] === undefined ? null : { contactId, name: items[0].contact?.name ?? null };
}

type FoundContacts = Page<NamedContact>;

/** Contacts by key or name: the exact key first, then those whose details have the words. */
export function useFindContacts(find: string): Pages<NamedContact, FoundContacts> {
  const { api } = useBaton();
  const trpc = useTRPC();
  return usePages<NamedContact, FoundContacts>({
    queryKey: [...trpc.contacts.list.pathKey(), { find }],
    isEnabled: find !== '',
    read: async (from, signal) => {
      const items: NamedContact[] = [];
      const exact = await findByKey(api, find, signal);
      if (from === undefined && exact !== null) items.push(exact);
      let cursor = from;
      let looked = 0;
      do {
        // Each page needs the cursor of the one before.
        const page = await api.contacts.list.query({ limit: PAGE_SIZE, cursor }, { signal });
        for (const contact of page.items)
          if (contact.id !== exact?.contactId && isMatch(contact, find))
            items.push({ contactId: contact.id, name: contact.name ?? null });
        looked += page.items.length;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && looked < LOOK_AT_MOST && items.length < ENOUGH_FOUND);
      return { items, nextCursor: cursor ?? null };
    },
  });
}
