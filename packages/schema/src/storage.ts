import { z } from 'zod';

/**
 * How a value of the wire is kept in MongoDB: `json` is any JSON, kept as its text; `textOrJson` the same, but a string
 * is kept as it is.
 */
export type StoredAs = 'date' | 'objectId' | 'json' | 'textOrJson';

/**
 * Marks fields that were renamed: MongoDB keeps them under the name of before, by which the version before reads them.
 */
export const storedName = z.registry<{ name: string }>();

/** Marks schemas whose stored form differs from the wire's; the repository derives codecs and validators from it. */
export const storedAs = z.registry<{ bson: StoredAs }>();
