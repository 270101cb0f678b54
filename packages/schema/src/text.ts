import { z } from 'zod';

/**
 * Text of `min` to `max` characters: Unicode code points, as MongoDB's validator counts them too. Half of a
 * surrogate pair is refused: UTF-8, and so MongoDB, cannot hold it.
 */
export function text(max: number, min = 1) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => value.isWellFormed(), 'Text has half of a surrogate pair');
}

/** Most characters of a contact's key. */
export const CONTACT_ID_LENGTH = 200;

/** The caller's own key for a person. */
export const ContactId = text(CONTACT_ID_LENGTH);
export type ContactId = z.infer<typeof ContactId>;
