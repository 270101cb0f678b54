import { withStraightApostrophes } from './apostrophes.ts';
import { wordsOf } from './text-terms.ts';

/** A query as it was typed: what stands outside of phrases is cut into words. */
export type TextQuery = {
  /** Any of them matches, wherever it stands. */
  words: readonly string[];
  /** What stands in quotes: all of them are in every text that matches. */
  phrases: readonly string[];
  excludedWords: readonly string[];
  excludedPhrases: readonly string[];
  /** What stands between spaces outside of phrases and holds a symbol, but no word: ❤, $. */
  symbols: readonly string[];
};

/** “ ” „ « » ‹ › 「 」 and the like; of those that Unicode calls quotation marks ‚ ‘ ’ ‛ ＇ are apostrophes. */
const DOUBLE_QUOTE = /(?!['‘’‚‛＇])\p{Quotation_Mark}|[❝❞🙶🙷🙸]/gu;
const SPACE = /[\s\p{Cc}\u200B\u2060\uFEFF]+/gu;
const FULLWIDTH_OR_MINUS = /[－−]/gu;
/** They choose how the character before them looks. */
const VARIATION_SELECTOR = /[\uFE00-\uFE0F]/gu;

/** A query with straight quotes, apostrophes and dashes, and single spaces. */
function plain(query: string): string {
  return withStraightApostrophes(query.replaceAll(DOUBLE_QUOTE, '"').replaceAll('‚', "'"))
    .replaceAll(FULLWIDTH_OR_MINUS, '-')
    .replaceAll(VARIATION_SELECTOR, '')
    .replaceAll(SPACE, ' ');
}

const TOKEN = /[-"]|[^-" ]+/gu;

/**
 * Reads words, "phrases" and -exclusions as MongoDB's own parser does: a dash excludes where a space or
 * nothing stands before it; it holds for the next word, or for every phrase up to the next space;
 * a quote without its partner opens no phrase.
 */
export function parseTextQuery(typed: string): TextQuery {
  const query = plain(typed);
  const words: string[] = [];
  const phrases: string[] = [];
  const excludedWords: string[] = [];
  const excludedPhrases: string[] = [];
  const symbols: string[] = [];
  let phraseStart: number | null = null;
  let inPhrase: { token: string; isExcluded: boolean }[] = [];
  let isExcluded = false;
  let end = 0;
  const add = (token: string, excluded: boolean) => {
    const found = wordsOf(token).map(({ text }) => text);
    (excluded ? excludedWords : words).push(...found);
    if (found.length === 0 && /\p{S}/u.test(token)) symbols.push(token);
  };
  for (const { 0: token, index } of query.matchAll(TOKEN)) {
    const isAfterSpace = index === 0 || index > end;
    end = index + token.length;
    if (token === '-') {
      if (phraseStart === null && isAfterSpace) isExcluded = true;
    } else if (token !== '"') {
      if (phraseStart === null) {
        if (isAfterSpace) isExcluded = false;
        add(token, isExcluded);
      } else {
        inPhrase.push({ token, isExcluded });
      }
    } else if (phraseStart === null) {
      phraseStart = end;
      if (isAfterSpace) isExcluded = false;
    } else {
      const phrase = query.slice(phraseStart, index).trim();
      if (phrase !== '') (isExcluded ? excludedPhrases : phrases).push(phrase);
      phraseStart = null;
      inPhrase = [];
    }
  }
  for (const { token, isExcluded: excluded } of inPhrase) add(token, excluded);
  return { words, phrases, excludedWords, excludedPhrases, symbols };
}
