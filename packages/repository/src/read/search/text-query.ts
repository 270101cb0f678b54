import { termOf, wordsOf } from './text-terms.ts';

/** What a `$text` query asks for, as far as it can be shown in a text. */
export type TextQuery = {
  /** Terms of the words outside of phrases: any of them matches, wherever it stands. */
  terms: ReadonlySet<string>;
  /** What stands in quotes, as it was written: all of them are in every text that matches. */
  phrases: readonly string[];
};

/** A tab and other spaces of Unicode stand between words, but not between tokens. */
const TOKEN = /[-"]|[^-" \n\v\f\r]+/gu;

/**
 * Reads words, "phrases" and -exclusions as MongoDB's own parser does: a dash excludes where whitespace or
 * nothing stands before it; it holds for the next word, or for every phrase up to the next whitespace;
 * a quote without its partner opens no phrase.
 */
export function parseTextQuery(query: string): TextQuery {
  const terms = new Set<string>();
  const phrases: string[] = [];
  let phraseStart: number | null = null;
  let inPhrase: string[] = [];
  let isExcluded = false;
  let end = 0;
  const add = (texts: readonly string[]) => {
    for (const word of texts.flatMap(wordsOf)) {
      const term = termOf(word.text);
      if (term !== null) terms.add(term);
    }
  };
  for (const { 0: token, index } of query.matchAll(TOKEN)) {
    const isAfterSpace = index === 0 || index > end;
    end = index + token.length;
    if (token === '-') {
      if (phraseStart === null && isAfterSpace) isExcluded = true;
    } else if (token !== '"') {
      if (phraseStart === null) {
        if (isAfterSpace) isExcluded = false;
        if (!isExcluded) add([token]);
      } else if (!isExcluded) {
        inPhrase.push(token);
      }
    } else if (phraseStart === null) {
      phraseStart = end;
      if (isAfterSpace) isExcluded = false;
    } else {
      if (!isExcluded && index > phraseStart) phrases.push(query.slice(phraseStart, index));
      phraseStart = null;
      inPhrase = [];
    }
  }
  add(inPhrase);
  return { terms, phrases };
}
