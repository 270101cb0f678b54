import { z } from 'zod';
import { named, type NamedSchema } from './named.ts';
import { text } from './text.ts';

/** Most items that one page gives. */
export const PAGE_LIMIT = 100;

// What every list takes: how many, and where the page before ended.
export const pageFields = {
  limit: z.int().min(1).max(PAGE_LIMIT).default(25),
  cursor: text(1_000).optional(),
};

export interface PageFields {
  limit: number;
  cursor?: string | undefined;
}
export interface PageFieldsInput extends Partial<PageFields> {}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The schema of a page of items; `nextCursor` is null on the last one. */
export function page<Item>(item: z.ZodType<Item>): NamedSchema<Page<Item>> {
  return named<Page<Item>>(z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() }));
}

// Money in whole cents.
export const Cents = z.int().min(0).max(1_000_000_000_000);

// How sure somebody is, 0 to 1.
export const Confidence = z.number().min(0).max(1);

// A duration in milliseconds.
export const Milliseconds = z.int().min(0);
