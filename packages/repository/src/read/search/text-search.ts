import type { Document } from 'mongodb';
import { APOSTROPHES, elisionsOf, partsOf, spellingsOf } from './apostrophes.ts';
import { foldText } from './folded-text.ts';
import { apostrophePatterns } from './phrase-pattern.ts';
import type { TextQuery } from './text-query.ts';
import { termOf, wordsOf } from './text-terms.ts';

/** What mongod is asked for a query. */
export type TextSearch = {
  /** For `$text`: each word of the query as MongoDB may have indexed it. Any of them matches. */
  alternatives: string[];
  /** For `$text`: phrases that have to stand in a message, and what must not. */
  conditions: string[];
  /** Whether a text index holds any of the words, those of phrases too; without one there is nothing to ask. */
  isIndexed: boolean;
  /** What else a message has to have. */
  filter: Document;
  /** The words that are not looked for, as they were typed, each once. */
  ignored: string[];
};

/** Each elision is a look into the index, so long queries do without. */
const WORDS_WITH_ELISIONS = 8;
/** So many apostrophes in phrases are compared. */
const APOSTROPHES_COMPARED = 20;

const isIndexed = (word: string) => termOf(word) !== null;
const hasApostrophe = (text: string) => text.includes("'");
const likeText = (pattern: string) => ({ text: { $regex: pattern, $options: 'i' } });

/** What mongod's own parser reads as one phrase. */
const quoted = (phrase: string) => `"${phrase}"`;

/** A phrase for `$search`; one with apostrophes as what stands between them, with its words beside it. */
function searchesOfPhrase(phrase: string): string[] {
  if (!hasApostrophe(phrase)) return [quoted(phrase)];
  const words = wordsOf(phrase).flatMap(({ text }) => (hasApostrophe(text) ? spellingsOf(text) : []));
  return [...words, ...partsOf(phrase).map(({ text }) => quoted(text))];
}

/** A phrase that must not stand in a text, with every kind of apostrophe. */
function searchesOfExcludedPhrase(phrase: string): string[] {
  if (!hasApostrophe(phrase)) return [quoted(phrase)];
  return Array.from(APOSTROPHES, (apostrophe) => quoted(phrase.replaceAll("'", apostrophe)));
}

/** Each word once, as it was typed first. */
function unique(words: readonly string[]): string[] {
  const byFolded = new Map<string, string>();
  for (const word of words) {
    // Nothing is left of a mark.
    const text = foldText(word).text || word;
    if (!byFolded.has(text)) byFolded.set(text, word);
  }
  return [...byFolded.values()];
}

/** Brings a query into the words of MongoDB's `$text`. */
export function textSearchOf(query: TextQuery): TextSearch {
  const words = unique(query.words.filter((word) => isIndexed(word)));
  const alternatives = words.map((word, index) =>
    [...spellingsOf(word), ...(index < WORDS_WITH_ELISIONS ? elisionsOf(word) : [])].join(' '),
  );
  const phrases = query.phrases.flatMap(searchesOfPhrase);
  const excluded = [
    ...query.excludedWords.flatMap((word) => [word, ...elisionsOf(word)]),
    ...query.excludedWords.filter(hasApostrophe).flatMap(searchesOfExcludedPhrase),
    ...query.excludedPhrases.flatMap(searchesOfExcludedPhrase),
  ];
  const patterns = new Set(query.phrases.flatMap(apostrophePatterns));
  const unlooked = [
    ...query.words.filter((word) => !isIndexed(word)),
    ...query.excludedWords.filter((word) => !isIndexed(word) && !hasApostrophe(word)),
    ...query.unsought,
  ];
  return {
    alternatives,
    conditions: [...phrases, ...excluded.map((text) => `-${text}`)],
    isIndexed: [...words, ...phrases].some((text) => wordsOf(text).some((word) => isIndexed(word.text))),
    filter: patterns.size === 0 ? {} : { $and: [...patterns].slice(0, APOSTROPHES_COMPARED).map(likeText) },
    ignored: unique(unlooked),
  };
}
