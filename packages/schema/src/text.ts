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

/** The caller's own key for a person. */
export const ContactId = text(200);
export type ContactId = z.infer<typeof ContactId>;
