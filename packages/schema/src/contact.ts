import { z } from 'zod';
import { TimeZone } from './follow-up.ts';
import { text } from './text.ts';

/** What is known of a person; kept once a contact, not in each conversation. */
export const ContactDetails = z.strictObject({
  name: text(200).optional(),
  email: text(320).optional(),
  phone: text(50).optional(),
  timeZone: TimeZone.optional(),
});
export type ContactDetails = z.infer<typeof ContactDetails>;
