import {
  Channel,
  ContactId,
  MessagePart,
  Metadata,
  SalesStage,
  Tags,
  TimeZone,
  Timestamp,
} from '@baton/schema';
import { z } from 'zod';
import type { ImportFault } from '../import-fault.ts';

const Name = z.string().trim().min(1).max(80);

const Author = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('customer') }),
  z.strictObject({ kind: z.literal('agent'), name: Name }),
  z.strictObject({ kind: z.literal('system') }),
  z.strictObject({ kind: z.literal('tool') }),
]);

const TranscriptMessage = z.strictObject({
  /** Tells it from the others of its conversation; its number in the list without one. */
  id: z.string().min(1).max(150).optional(),
  /** When it was said; without it, when it is imported. */
  at: Timestamp.optional(),
  author: Author,
  /** Whether the customer never saw it. */
  internal: z.boolean().default(false),
  /** At most 32,000 characters. */
  text: z.string(),
  parts: z.array(MessagePart).max(200).optional(),
});
export type TranscriptMessage = z.infer<typeof TranscriptMessage>;

/** A conversation as another system knows it: a line of the file that `baton import transcripts` reads. */
export const Transcript = z.strictObject({
  /** Tells it from the others of its source: the same id is the same conversation at every import. */
  id: z.string().min(1).max(120),
  channel: Channel,
  contact: z.strictObject({
    id: ContactId,
    name: z.string().max(200).optional(),
    email: z.string().max(320).optional(),
    phone: z.string().max(50).optional(),
    timeZone: TimeZone.optional(),
  }),
  /** The agent who owns it; who answered first without one. */
  owner: Name.optional(),
  closed: z.boolean().default(false),
  stage: SalesStage.optional(),
  tags: Tags.default([]),
  metadata: Metadata.default({}),
  /** In the order in which they were said. */
  messages: z.array(TranscriptMessage).max(100_000),
});
export type Transcript = z.infer<typeof Transcript>;

/** A message with its place in its source, where its number does not tell. */
export type SourceMessage = TranscriptMessage & { place?: string };

export type SourceTranscript = Omit<Transcript, 'messages'> & { messages: SourceMessage[] };

/** A transcript with its place in its source. */
export type PlacedTranscript = { place: string; transcript: SourceTranscript };

/** What a source holds. */
export type ReadTranscripts = {
  transcripts: PlacedTranscript[];
  /** Records that are no messages, each with why it stays out. */
  leftOut: ImportFault[];
  /** Records that are broken. */
  faults: ImportFault[];
  /** How the source was read where it could be read in several ways. */
  notes: string[];
};

export function emptyReading(): ReadTranscripts {
  return { transcripts: [], leftOut: [], faults: [], notes: [] };
}
