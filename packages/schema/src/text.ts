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

/** What nobody sees: white space, controls, and characters such as U+200B. */
const UNSEEN = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Whether nobody would see anything of a text. */
export function isBlank(value: string): boolean {
  return UNSEEN.test(value);
}

/** Text in which something can be read. For what is brought in only: stored text may be older than this rule. */
export function readableText(max: number) {
  // An empty one is refused by its length.
  return text(max).refine((value) => value === '' || !isBlank(value), {
    error: 'Text is blank',
    abort: true,
  });
}

/** Characters that a reader does not see at the ends of an id, so that two ids would look the same. */
const BLANK_ENDS = /^[\p{White_Space}\u180E\u200B\u2060\uFEFF]|[\p{White_Space}\u180E\u200B\u2060\uFEFF]$/u;

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/**
 * A key that a caller chooses. Nothing is trimmed: a key is refused where another one would look the same. For what is
 * brought in only: stored keys may be older than this rule, and queries still find them.
 */
export function identifier(max: number) {
  return readableText(max)
    .refine((value) => !BLANK_ENDS.test(value), {
      error: 'Begins or ends with a blank; send it without',
      abort: true,
    })
    .refine((value) => !CONTROL.test(value), 'Has a line break or a control character');
}

/** Most characters of a contact's key. */
export const CONTACT_ID_LENGTH = 200;

/** The caller's own key for a person. */
export const ContactId = text(CONTACT_ID_LENGTH);
export type ContactId = z.infer<typeof ContactId>;

/** The key of a person of whom something new is said. */
export const NewContactId = identifier(CONTACT_ID_LENGTH);
