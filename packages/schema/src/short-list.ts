import { z } from 'zod';
import type { NamedSchema } from './named.ts';

/** The same list, refused by its length before any of its members is looked at: a caller may send very many. */
export function shortList<Output, Input>(
  list: NamedSchema<Output, Input>,
  maximum: number,
): NamedSchema<Output, Input> {
  return z
    .custom<Input>()
    .superRefine((input: unknown, context) => {
      if (!Array.isArray(input) || input.length <= maximum) return;
      context.addIssue({ code: 'too_big', origin: 'array', maximum, inclusive: true, input });
    })
    .pipe(list);
}
