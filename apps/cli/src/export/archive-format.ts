import { Agent, ArchivedContact, BusinessHours, ConversationId, Entry } from '@baton/schema';
import { z } from 'zod';

/**
 * An archive is JSON Lines in UTF-8: the header, the business hours, every agent, every contact, then each conversation's
 * timeline, one entry a line, with a line behind it that counts its entries; the last line counts what stands before it.
 */
export const ARCHIVE_HEADER = { format: 'baton', version: 3 } as const;

/**
 * Version 1 has no contacts, and nothing behind a conversation; in versions 1 and 2 a deal's `contractMonths` is
 * `contractLength`, and contacts have no
 * attributes and no consent.
 */
export const READABLE_VERSIONS: readonly number[] = [1, 2, 3];

const Count = z.int().min(0);

/** What each line has, by its only key. */
export const archiveLines = {
  tenant: z.strictObject({
    businessHours: BusinessHours.nullable(),
    reopenWithinMs: z.int().min(1).optional(),
  }),
  agent: Agent,
  contact: ArchivedContact,
  entry: Entry,
  conversation: z.strictObject({ id: ConversationId, entries: Count }),
  end: z.strictObject({
    agents: Count,
    contacts: Count.default(0),
    conversations: Count,
    entries: Count,
  }),
} as const;

type LineKind = keyof typeof archiveLines;

export type ArchiveLine = {
  [Kind in LineKind]: { kind: Kind; value: z.infer<(typeof archiveLines)[Kind]> };
}[LineKind];

/** A line as it stands in the file. */
export function formatLine({ kind, value }: ArchiveLine): string {
  return JSON.stringify({ [kind]: value });
}
