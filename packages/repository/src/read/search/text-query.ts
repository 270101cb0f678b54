import { withStraightApostrophes } from './apostrophes.ts';
import { foldText } from './folded-text.ts';
import { searchableText } from './search-terms.ts';
import { wordsOf } from './text-terms.ts';
import { isUnspaced, piecesOf, segmentsOf } from './unspaced.ts';

/** A query as it was typed: what stands outside of phrases is cut into words. */
export type TextQuery = {
  /** Any of them matches, wherever it stands. */
  words: string[];
  /** The same in scripts without spaces, folded: they match wherever they stand in a text, also inside a word. */
  runs: string[];
  /** What stands in quotes: all of them are in every text that matches. */
  phrases: string[];
  excludedWords: string[];
  excludedRuns: string[];
  excludedPhrases: string[];
  /** What stands outside of phrases and is not looked for: symbols such as $, marks alone, single letters of a sentence in Chinese. */
  unsought: string[];
};

/** “ ” „ « » ‹ › 「 」 and the like; of those that Unicode calls quotation marks ‚ ‘ ’ ‛ ＇ are apostrophes. */
const DOUBLE_QUOTE = /(?!['‘’‚‛＇])\p{Quotation_Mark}|[❝❞🙶🙷🙸]/gu;
const SPACE = /[\s\p{Cc}\u200B\u2060\uFEFF]+/gu;
const FULLWIDTH_OR_MINUS = /[－−]/gu;
/** They choose how the character before them looks. */
const VARIATION_SELECTOR = /[\uFE00-\uFE0F]/gu;
/** So many words of a sentence without spaces are looked for. */
const MOST_RUNS = 64;

/** A query with straight quotes, apostrophes and dashes, and single spaces. */
function plain(query: string): string {
  return withStraightApostrophes(query.replaceAll(DOUBLE_QUOTE, '"').replaceAll('‚', "'"))
    .replaceAll(FULLWIDTH_OR_MINUS, '-')
    .replaceAll(SPACE, ' ');
}

/** Adds what stands between two spaces, quotes or dashes. */
function addToken(query: TextQuery, typed: string, isExcluded: boolean): void {
  const token = typed.replaceAll(VARIATION_SELECTOR, '');
  const words = wordsOf(token);
  if (words.length === 0 && /\p{S}/u.test(token)) query.unsought.push(typed);
  for (const piece of words.flatMap(({ text }) => piecesOf(text))) {
    if (isMarksOnly(piece.text)) query.unsought.push(piece.text);
    else if (!piece.isUnspaced) (isExcluded ? query.excludedWords : query.words).push(piece.text);
    else if (isExcluded) query.excludedRuns.push(searchableText(piece.text));
    else addRun(query, searchableText(piece.text));
  }
}

/** Adds a run as a whole and by the words that a dictionary finds in it; a letter by itself may be any ending. */
function addRun({ runs, unsought }: TextQuery, run: string): void {
  const segments = segmentsOf(run);
  const words = segments.filter((segment) => Array.from(segment).length > 1);
  for (const word of new Set([run, ...words])) {
    if (runs.includes(word)) continue;
    (runs.length < MOST_RUNS ? runs : unsought).push(word);
  }
  if (words.length > 0) unsought.push(...segments.filter((segment) => !words.includes(segment)));
}

/** Whether a word or phrase is nothing but marks, of which folding leaves nothing: it would match any text. */
function isMarksOnly(text: string): boolean {
  const bare = text.replaceAll(/['\s]/gu, '');
  return bare !== '' && foldText(bare).text === '';
}

const TOKEN = /[-"]|[^-" ]+/gu;

/**
 * Reads words, "phrases" and -exclusions as MongoDB's own parser does: a dash excludes where a space or
 * nothing stands before it; it holds for the next word, or for every phrase up to the next space;
 * a quote without its partner opens no phrase.
 */
export function parseTextQuery(typed: string): TextQuery {
  const query = plain(typed);
  const parsed: TextQuery = {
    words: [],
    runs: [],
    phrases: [],
    excludedWords: [],
    excludedRuns: [],
    excludedPhrases: [],
    unsought: [],
  };
  let phraseStart: number | null = null;
  let inPhrase: { token: string; isExcluded: boolean }[] = [];
  let isExcluded = false;
  let end = 0;
  for (const { 0: token, index } of query.matchAll(TOKEN)) {
    const isAfterSpace = index === 0 || index > end;
    end = index + token.length;
    if (token === '-') {
      if (phraseStart === null && isAfterSpace) isExcluded = true;
    } else if (token !== '"') {
      if (phraseStart === null) {
        if (isAfterSpace) isExcluded = false;
        addToken(parsed, token, isExcluded);
      } else {
        inPhrase.push({ token, isExcluded });
      }
    } else if (phraseStart === null) {
      phraseStart = end;
      if (isAfterSpace) isExcluded = false;
    } else {
      const phrase = query.slice(phraseStart, index).trim();
      if (isMarksOnly(phrase)) parsed.unsought.push(phrase);
      else if (phrase !== '') (isExcluded ? parsed.excludedPhrases : parsed.phrases).push(phrase);
      phraseStart = null;
      inPhrase = [];
    }
  }
  for (const { token, isExcluded: excluded } of inPhrase) addToken(parsed, token, excluded);
  return parsed;
}

/** Whether a query asks for, or leaves out, something in scripts without spaces. */
export function asksForUnspaced({ runs, excludedRuns, phrases, excludedPhrases }: TextQuery): boolean {
  return runs.length > 0 || excludedRuns.length > 0 || [...phrases, ...excludedPhrases].some(isUnspaced);
}
