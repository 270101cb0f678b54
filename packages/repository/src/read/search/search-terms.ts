import type { MessageEntry, TenantId } from '@baton/schema';
import type { WireDocument } from '../../schema/collections.ts';
import { spellingsOf } from './apostrophes.ts';
import { foldText } from './folded-text.ts';
import { termOf, wordsOf } from './text-terms.ts';
import { isUnspaced, pairsOf, piecesOf } from './unspaced.ts';

/** What search finds a message by where MongoDB's text index does not know its words. */
export type SearchTerms = {
  /** The text without case, diacritics and double spaces. */
  text: string;
  /** Pairs of letters, the last letter of each run, stems of other words; each once. */
  terms: string[];
};

/** Stands before a stem whose word is joined to another script, so that MongoDB's text index does not have it. */
const JOINED = '+';

/** The term of a word that stands joined to another script. */
export const joinedTerm = (term: string) => `${JOINED}${term}`;

/** A text as phrases and words are looked for in it. */
export function searchableText(text: string): string {
  return foldText(text).text.replaceAll(/\s+/g, ' ');
}

/** The terms of a word without letters of scripts without spaces, in each way it may be typed. */
export function stemsOf(word: string): string[] {
  return spellingsOf(word).flatMap((spelling) => termOf(spelling) ?? []);
}

/** The terms of a message; null for one in whose scripts words stand apart. */
export function searchTermsOf(message: string): SearchTerms | null {
  if (!isUnspaced(message)) return null;
  const text = searchableText(message);
  const terms = new Set<string>();
  for (const word of wordsOf(text)) {
    const pieces = piecesOf(word.text);
    for (const piece of pieces) {
      if (piece.isUnspaced) {
        for (const pair of pairsOf(piece.text)) terms.add(pair);
        terms.add(Array.from(piece.text).at(-1) ?? '');
      } else {
        for (const stem of stemsOf(piece.text)) {
          terms.add(stem);
          if (pieces.length > 1) terms.add(joinedTerm(stem));
        }
      }
    }
  }
  return { text, terms: [...terms] };
}

/** What `search_terms` has of a message, by all of its searched text; null for one that MongoDB's text index knows by itself. */
export function searchTermsDocument(
  tenantId: TenantId,
  entryId: string,
  { conversationId, seq, author, text }: Pick<MessageEntry, 'conversationId' | 'seq' | 'author' | 'text'>,
): WireDocument<'search_terms'> | null {
  const found = searchTermsOf(text);
  return found && { _id: entryId, tenantId, conversationId, seq, author: { kind: author.kind }, ...found };
}
