import { z } from 'zod';

/** How a string of the wire is kept in MongoDB. */
export type StoredAs = 'date' | 'objectId';

/** Marks schemas whose stored form differs from the wire's; the repository derives codecs and validators from it. */
export const storedAs = z.registry<{ bson: StoredAs }>();
