import type { z } from 'zod';

/** What is wrong with a record, and where in it. */
export function validationMessage(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
    .join('; ');
}
