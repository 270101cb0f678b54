import type { TenantId } from '@baton/schema';
import type { Document } from 'mongodb';
import { joinedTerm, searchableText, stemsOf } from './search-terms.ts';
import type { TextQuery } from './text-query.ts';
import { wordsOf } from './text-terms.ts';
import { pairsOf, piecesOf } from './unspaced.ts';
import type { OfTenant, TenantFilter } from '../../schema/tenant-collection.ts';

/** Behind every letter, in the order of UTF-8 that mongod compares by. */
const LAST_LETTER = '\u{10FFFF}';

/** A word or run of the query, as it stands in `search_terms`. */
type Sought = { stems: string[] } | { run: string };

/** What is in the phrases of a query: words of any script. */
function soughtInPhrases({ phrases }: TextQuery): Sought[] {
  return phrases
    .flatMap((phrase) => wordsOf(searchableText(phrase)).flatMap(({ text }) => piecesOf(text)))
    .map(({ text, isUnspaced }) => (isUnspaced ? { run: text } : { stems: stemsOf(text) }));
}

const soughtInWords = ({ words, runs }: TextQuery): Sought[] => [
  ...[...new Set(words.map(searchableText))].map((word) => ({ stems: stemsOf(word) })),
  ...runs.map((run) => ({ run })),
];

/** A text that has these characters, as a regular expression of mongod's. */
const having = (text: string) => ({
  text: { $regex: Array.from(text, (one) => `\\x{${one.codePointAt(0)?.toString(16)}}`).join('') },
});

/** A filter that the index on terms answers; the pairs of a run also stand apart in a text, so the text is looked at. */
function foundBy(sought: Sought): Document | null {
  if ('stems' in sought) return sought.stems.length === 0 ? null : { terms: { $in: sought.stems } };
  const pairs = pairsOf(sought.run);
  if (pairs.length > 0) return { terms: { $all: pairs }, ...having(sought.run) };
  return { terms: { $elemMatch: { $gte: sought.run, $lt: `${sought.run}${LAST_LETTER}` } } };
}

/** The messages in scripts without spaces that a query finds; null where it names no word at all. */
export function unspacedMatch(tenantId: TenantId, query: TextQuery): TenantFilter | null {
  const phrases = query.phrases.map((phrase) => having(searchableText(phrase)));
  const without = [
    ...query.excludedWords.map((word) => foundBy({ stems: stemsOf(searchableText(word)) })),
    ...query.excludedRuns.map(having),
    ...query.excludedPhrases.map((phrase) => having(searchableText(phrase))),
  ].filter((condition) => condition !== null);
  const rest = {
    ...(phrases.length > 0 && { $and: phrases }),
    ...(without.length > 0 && { $nor: without }),
  };
  const inPhrases = soughtInPhrases(query);
  const pairs = inPhrases.flatMap((sought) => ('run' in sought ? pairsOf(sought.run) : []));
  if (pairs.length > 0) return { tenantId, terms: { $all: pairs }, ...rest };
  const any = [...soughtInWords(query), ...inPhrases].map(foundBy).filter((condition) => condition !== null);
  // The tenant in each branch is what lets each use the index.
  return any.length === 0 ? null : { $or: any.map((one) => ({ tenantId, ...one })), ...rest };
}

/**
 * An expression for the score of a message in `search_terms`, in the manner of `$text`: each word counts, the more the
 * larger its share of the text.
 */
export function unspacedScore(query: TextQuery): Document {
  const scores = [...soughtInWords(query), ...soughtInPhrases(query)].flatMap((sought) => {
    if ('run' in sought)
      return [
        scoreIf(
          { $gte: [{ $indexOfBytes: ['$text', { $literal: sought.run }] }, 0] },
          pairsOf(sought.run).length,
        ),
      ];
    if (sought.stems.length === 0) return [];
    return [scoreIf({ $gt: [{ $size: { $setIntersection: ['$terms', sought.stems] } }, 0] }, 1)];
  });
  return { $add: scores };
}

const scoreIf = (matches: Document, terms: number): Document => ({
  $cond: [matches, { $add: [0.5, { $divide: [0.5 * Math.max(terms, 1), { $size: '$terms' }] }] }, 0],
});

/** Messages in which a word of the query stands joined to a script without spaces: MongoDB's text index has it not. */
export function joinedMatch(tenantId: TenantId, { words, phrases }: TextQuery): OfTenant {
  const spaced = [...words, ...phrases.flatMap((phrase) => wordsOf(phrase).map(({ text }) => text))];
  return {
    tenantId,
    terms: { $in: spaced.flatMap((word) => stemsOf(searchableText(word))).map(joinedTerm) },
  };
}
