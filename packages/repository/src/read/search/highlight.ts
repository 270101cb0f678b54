import type { Highlight } from '@baton/schema';
import { partsOf, withStraightApostrophes } from './apostrophes.ts';
import { foldCharacter, foldText } from './folded-text.ts';
import { PatternMatcher } from './pattern-matcher.ts';
import { stemsOf } from './search-terms.ts';
import type { TextQuery } from './text-query.ts';
import { eachWordOf, termOf, type Word } from './text-terms.ts';
import { isUnspaced, piecesOf } from './unspaced.ts';

const APOSTROPHE = 0x27;

/** Most highlights of one message: the first. */
export const MOST_HIGHLIGHTS = 1_000;
/** So many UTF-16 units of text are marked in one answer, up to the end of the message that passes it. */
export const MARKED_IN_AN_ANSWER = 250_000;

/** A word without the apostrophes around it; those inside are straight. */
function trimmed({ text: written, start, end }: Word): Word {
  const text = withStraightApostrophes(written);
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) === APOSTROPHE) from += 1;
  while (to > from && text.charCodeAt(to - 1) === APOSTROPHE) to -= 1;
  return { text: text.slice(from, to), start: start + from, end: end - (text.length - to) };
}

/** The code unit that a word, without case and diacritics, and its stem both begin with. */
function firstUnit(word: string): string {
  const [letter = ''] = word;
  return foldCharacter(letter).charAt(0);
}

/** Where patterns stand in a text, in its order, in units of the original. */
function spansOf(matcher: PatternMatcher, text: string): Highlight[] {
  const { text: folded, starts, ends } = foldText(text);
  return matcher
    .coverage(folded)
    .map(({ start, end }) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }));
}

/** The words of a text; where scripts meet in one, its pieces. */
function* wordsAndPiecesOf(text: string): Generator<Word & { isUnspaced: boolean }> {
  const isMixed = isUnspaced(text);
  for (const found of eachWordOf(text)) {
    const word = trimmed(found);
    if (word.start >= word.end) continue;
    if (!isMixed) yield { ...word, isUnspaced: false };
    else
      for (const piece of piecesOf(word.text)) {
        const start = word.start + piece.start;
        yield { ...piece, start, end: start + piece.text.length };
      }
  }
}

/**
 * Finds the words of a text that a query matched: words with a stem of the query wherever they stand, words of a
 * phrase only inside the phrase. The first 1,000 in the order of the text, without overlaps, in UTF-16 units. Takes
 * time linear in the query and the text, whatever they hold.
 */
export function highlighterOf({ words, runs, phrases }: TextQuery): (text: string) => Highlight[] {
  const terms = new Set(words.flatMap(stemsOf));
  const firstUnits = new Set([...terms].map(firstUnit));
  const patterns = [...runs, ...phrases.map((phrase) => foldText(phrase).text)];
  const matcher = patterns.length === 0 ? null : new PatternMatcher(patterns);
  const isMatch = (word: string) => {
    const unit = firstUnit(word);
    // Stemming is slow, and leaves a word's first letter alone. A mark that stands first folds into nothing.
    if (unit !== '' && !firstUnits.has(unit)) return false;
    const term = termOf(word);
    return term !== null && terms.has(term);
  };
  /** What of a word matches by its stem. */
  const matchesIn = (word: Word): Highlight[] => {
    if (isMatch(word.text)) return [{ start: word.start, end: word.end }];
    return partsOf(word.text).flatMap(({ text, start }) => {
      const from = word.start + start;
      return isMatch(text) ? [{ start: from, end: from + text.length }] : [];
    });
  };
  return (text) => {
    const spans = matcher === null ? [] : spansOf(matcher, text);
    const highlights: Highlight[] = [];
    let next = 0;
    for (const word of wordsAndPiecesOf(text)) {
      const matches = word.isUnspaced ? [] : matchesIn(word);
      highlights.push(...matches);
      // A phrase may begin or end inside a word: only that part matched.
      while ((spans[next]?.end ?? Infinity) <= word.start) next += 1;
      for (
        let at = next, span = spans[at];
        matches.length === 0 && span !== undefined && span.start < word.end;
        at += 1, span = spans[at]
      ) {
        highlights.push({ start: Math.max(word.start, span.start), end: Math.min(word.end, span.end) });
      }
      if (highlights.length >= MOST_HIGHLIGHTS) return highlights.slice(0, MOST_HIGHLIGHTS);
    }
    return highlights;
  };
}

/** The highlighter of one answer: the hits beyond its bound come without highlights. */
export function boundedHighlighterOf(query: TextQuery): (text: string) => Highlight[] {
  const highlight = highlighterOf(query);
  let left = MARKED_IN_AN_ANSWER;
  return (text) => {
    if (left <= 0) return [];
    left -= text.length;
    return highlight(text);
  };
}
