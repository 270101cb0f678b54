import { stopwords } from '@orama/stopwords/english';
import { LRUCache } from 'lru-cache';
import snowball from 'snowball-stemmers';
import { APOSTROPHES } from './apostrophes.ts';
import { foldCase, stripDiacritics } from './folded-text.ts';

/*
 * What MongoDB makes of a text before it indexes or searches it in English (text index version 3): words,
 * without stop words, stemmed by Snowball, case and diacritics folded.
 */

/**
 * What stands between words: MongoDB's delimiters are these properties of Unicode, without the straight apostrophe;
 * here without apostrophes of any kind. ECMAScript lacks the property Hyphen; its few other characters are named.
 */
const DELIMITERS = String.raw`\p{White_Space}\p{Dash}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{Pattern_Syntax}\p{Sentence_Terminal}\u00AD\u1806\u30FB\uFF65`;
const WORD = new RegExp(`(?:[${APOSTROPHES}]|[^${DELIMITERS}])+`, 'gu');

/** MongoDB's list is the package's with these differences. */
const NO_STOP_WORDS = new Set(['us', 'will', 'shall', 'can', 'may', 'might', 'must']);
const STOP_WORDS = new Set(['a', ...stopwords.filter((word) => !NO_STOP_WORDS.has(word))]);

const english = snowball.newStemmer('english');
/** Stemming takes some 30 µs a word, and texts repeat their words. */
const terms = new LRUCache<string, { term: string | null }>({ max: 20_000 });

/** A word and where it stands, in UTF-16 units. */
export type Word = { text: string; start: number; end: number };

/** The words of a text one by one, stop words too. */
export function* eachWordOf(text: string): Generator<Word> {
  for (const { 0: word, index } of text.matchAll(WORD))
    yield { text: word, start: index, end: index + word.length };
}

/** The words of a text, stop words too. */
export function wordsOf(text: string): Word[] {
  return Array.from(eachWordOf(text));
}

/**
 * Longer words are taken as they are: no English word is longer, and the stemmer's time grows faster than a word.
 */
const LONGEST_STEMMED = 64;

function readTerm(word: string): string | null {
  const lower = Array.from(word, foldCase).join('');
  if (STOP_WORDS.has(lower)) return null;
  // The stemmer knows diacritics, so they go after it.
  return stripDiacritics(word.length > LONGEST_STEMMED ? lower : english.stem(lower)) || null;
}

/** The term under which a word is indexed and searched; null for a stop word or mere marks, which are neither. */
export function termOf(word: string): string | null {
  if (word.length > LONGEST_STEMMED) return readTerm(word);
  const cached = terms.get(word);
  if (cached !== undefined) return cached.term;
  const term = readTerm(word);
  terms.set(word, { term });
  return term;
}
