import type { Highlight, MessageHit } from '@baton/schema';
import { BSON, type Document } from 'mongodb';
import type { Collections } from '../../schema/open-collections.ts';
import { messageOf } from '../message.ts';

/** How much one highlight adds to an answer. */
const HIGHLIGHT_BYTES = 28;

/** A message as a hit, and about how many bytes it adds to an answer. */
export function messageHit(
  collections: Collections,
  document: Document,
  score: number,
  highlight: (text: string) => Highlight[],
): { hit: MessageHit; bytes: number } {
  const message = messageOf(collections, document);
  const highlights = highlight(message.text);
  const bytes = BSON.calculateObjectSize(document) + highlights.length * HIGHLIGHT_BYTES;
  return { hit: { message, score, highlights }, bytes };
}
