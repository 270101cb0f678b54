import { z } from 'zod';
import type { NamedSchema } from './named.ts';
import { text } from './text.ts';

const METADATA_KEY_LIMIT = 50;
export const TOO_MANY_KEYS = `At most ${METADATA_KEY_LIMIT} keys`;

/** To be asked before any of the keys is looked at: there may be very many, and each wrong one is a fault. */
export const hasTooManyKeys = (metadata: object): boolean =>
  Object.keys(metadata).length > METADATA_KEY_LIMIT;

const MetadataKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Expected a key of 1-64 letters, digits, _ or -');
const metadataRecord = z
  .record(MetadataKey, z.union([text(2_000, 0), z.number(), z.boolean(), z.null()]))
  .refine((metadata) => !hasTooManyKeys(metadata), TOO_MANY_KEYS)
  // The driver takes such an object for a BSON value, and could not store it.
  .refine((metadata) => !Object.hasOwn(metadata, '_bsontype'), {
    path: ['_bsontype'],
    message: '_bsontype cannot be a key',
  });
export type Metadata = z.infer<typeof metadataRecord>;
export interface MetadataSchema extends NamedSchema<Metadata, Metadata> {}
export const Metadata: MetadataSchema = metadataRecord;

/**
 * Metadata as a caller gives it. The number of its keys is looked at before any of them; and a record leaves out
 * `__proto__` without a word, so that name is looked for here.
 */
export const NewMetadata: MetadataSchema = z
  .custom<Metadata>()
  .superRefine((metadata: unknown, context) => {
    if (typeof metadata !== 'object' || metadata === null) return;
    if (hasTooManyKeys(metadata)) {
      context.addIssue(TOO_MANY_KEYS);
      return;
    }
    if (Object.hasOwn(metadata, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: '__proto__ cannot be a key' });
    for (const [key, value] of Object.entries(metadata)) {
      // JSON.parse has rounded it already.
      if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) continue;
      const message = `A number beyond ${Number.MAX_SAFE_INTEGER} cannot be kept exactly; send it as a string`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  })
  .pipe(Metadata);
