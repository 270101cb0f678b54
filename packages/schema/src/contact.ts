import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { TimeZone } from './follow-up.ts';
import { text } from './text.ts';

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
