import { z } from 'zod';

/** A setting that is read from text; null from `read` is a fault. */
export function setting<Value>(expected: string, read: (text: string) => Value | null) {
  return z.string().transform((text, context): Value => {
    const value = read(text.trim());
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: `Expected ${expected}, not "${text}"` });
    return z.NEVER;
  });
}
