import type { ContactSummary } from '@baton/schema';
import { isolate } from './isolate.ts';

/** Whom a conversation is with. */
export type WithContact = { contactId: string; contact: ContactSummary | null };

/** The contact's name, or its id where no name is known; safe in a sentence. */
export function contactName({ contactId, contact }: WithContact): string {
  return isolate(contact?.name ?? contactId);
}
