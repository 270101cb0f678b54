import type { ContactSummary } from '@baton/schema';

/** Whom a conversation is with. */
export type WithContact = { contactId: string; contact: ContactSummary | null };

/** The contact's name, or its id where no name is known. */
export function contactName({ contactId, contact }: WithContact): string {
  return contact?.name ?? contactId;
}
