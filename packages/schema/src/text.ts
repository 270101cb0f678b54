import { z } from 'zod';

/** Text of `min` to `max` UTF-16 units. A lone surrogate is refused: UTF-8, and so MongoDB, cannot hold it. */
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
