import { Agent, BusinessHours, Entry } from '@baton/schema';
import { z } from 'zod';

/**
 * An archive is JSON Lines: the header, the business hours, every agent, then each conversation's timeline, one entry a line, the
 * conversations one after the other and oldest first; the last line counts what stands before it.
 */
export const ARCHIVE_HEADER = { format: 'baton', version: 1 } as const;

export const ArchiveLine = z.union([
  z.strictObject({ tenant: z.strictObject({ businessHours: BusinessHours.nullable() }) }),
  z.strictObject({ agent: Agent }),
  z.strictObject({ entry: Entry }),
  z.strictObject({ end: z.strictObject({ agents: z.int(), conversations: z.int(), entries: z.int() }) }),
]);

export type ArchiveLine = z.infer<typeof ArchiveLine>;
