import { searchedParts } from '@baton/domain';
import type { Highlight, MessageHit } from '@baton/schema';
import { BSON, type Document } from 'mongodb';
import type { Collections } from '../../schema/open-collections.ts';
import { readMessage } from '../message.ts';

/** How much one highlight adds to an answer. */
const HIGHLIGHT_BYTES = 28;

/** A message as a hit, and about how many bytes it adds to an answer; null for one without words to show. */
export function messageHit(
  collections: Collections,
  document: Document,
  score: number,
  highlight: (text: string) => Highlight[],
): { hit: MessageHit; bytes: number } | null {
  const message = readMessage(collections, document);
  // What a server of the version before redacts is found by its terms until they are removed.
  if (message === null || message.redactedAt !== null) return null;
  const highlights = highlight(message.text);
  const partHighlights = searchedParts(message).flatMap(({ part, text }) =>
    highlight(text).map((found) => ({ part, ...found })),
  );
  const marks = highlights.length + partHighlights.length;
  const bytes = BSON.calculateObjectSize(document) + marks * HIGHLIGHT_BYTES;
  const hit = { message, score, highlights, ...(partHighlights.length > 0 && { partHighlights }) };
  return { hit, bytes };
}
