import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { TimeZone } from './follow-up.ts';
import { pageFields } from './page.ts';
import { ContactId, text } from './text.ts';
import { Timestamp } from './timestamp.ts';

/** What is known of a person; kept once a contact, not in each conversation. */
const contactDetailsObject = z.strictObject({
  name: text(200).optional(),
  email: text(320).optional(),
  phone: text(50).optional(),
  timeZone: TimeZone.optional(),
});
export interface ContactDetails extends z.infer<typeof contactDetailsObject> {}
export interface ContactDetailsInput extends z.input<typeof contactDetailsObject> {}
export const ContactDetails: NamedSchema<ContactDetails, ContactDetailsInput> = named(contactDetailsObject);

/** Who a conversation is with. */
export interface ContactSummary {
  id: string;
  /** Null where none is known. */
  name: string | null;
}
export const ContactSummary: NamedSchema<ContactSummary> = named(
  z.strictObject({ id: ContactId, name: text(200).nullable() }),
);

/** A person whose details are known. */
const contactObject = z.strictObject({
  id: ContactId,
  ...contactDetailsObject.shape,
  firstSeenAt: Timestamp,
  lastSeenAt: Timestamp,
});
export interface Contact extends z.infer<typeof contactObject> {}
export const Contact: NamedSchema<Contact> = named(contactObject);

const listContactsObject = z.strictObject(pageFields);
export interface ListContacts extends z.infer<typeof listContactsObject> {}
export interface ListContactsInput extends z.input<typeof listContactsObject> {}
export const ListContacts: NamedSchema<ListContacts, ListContactsInput> = named(listContactsObject);
