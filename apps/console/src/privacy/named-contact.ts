import type { ConversationView } from '@baton/schema';

/** Whom an export or an erasure is of; the name is for people, the key says who it is. */
export type NamedContact = { contactId: string; name: string | null };

export function namedContactOf({ contactId, contact }: ConversationView): NamedContact {
  return { contactId, name: contact?.name ?? null };
}
