import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { TimeZone } from './follow-up.ts';
import { ContactId, text } from './text.ts';

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
