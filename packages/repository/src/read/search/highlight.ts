import type { Highlight } from '@baton/schema';
import { parseTextQuery } from './text-query.ts';
import { fold, type Folded, termOf, type Word, wordsOf } from './text-terms.ts';

/** A word without the apostrophes around it. */
function trimmed({ text, start, end }: Word): Highlight {
  const [before = ''] = /^'*/.exec(text) ?? [];
  const [after = ''] = /'*$/.exec(text) ?? [];
  return { start: start + before.length, end: end - after.length };
}

/** Where a phrase stands in a text, each time, in units of the original. */
function occurrences(phrase: string, { text, starts, ends }: Folded): Highlight[] {
  const found: Highlight[] = [];
  if (phrase === '') return found;
  for (let at = text.indexOf(phrase); at !== -1; at = text.indexOf(phrase, at + phrase.length)) {
    const start = starts[at];
    const end = ends[at + phrase.length - 1];
    if (start !== undefined && end !== undefined) found.push({ start, end });
  }
  return found;
}

/**
 * Finds the words of a text that a `$text` query matched: words with a stem of the query wherever they stand,
 * words of a phrase only inside the phrase. In the order of the text, without overlaps, in UTF-16 units.
 */
export function highlighterOf(query: string): (text: string) => Highlight[] {
  const { terms, phrases } = parseTextQuery(query);
  const folded = phrases.map((phrase) => fold(phrase).text);
  return (text) => {
    const source = folded.length === 0 ? null : fold(text);
    const spans = source === null ? [] : folded.flatMap((phrase) => occurrences(phrase, source));
    const highlights: Highlight[] = [];
    for (const word of wordsOf(text)) {
      const { start, end } = trimmed(word);
      if (start >= end) continue;
      const term = terms.size === 0 ? null : termOf(word.text);
      if (term !== null && terms.has(term)) {
        highlights.push({ start, end });
        continue;
      }
      // A phrase may begin or end inside a word: only that part matched.
      const touching = spans.filter((span) => span.start < end && span.end > start);
      if (touching.length === 0) continue;
      highlights.push({
        start: Math.max(start, Math.min(...touching.map((span) => span.start))),
        end: Math.min(end, Math.max(...touching.map((span) => span.end))),
      });
    }
    return highlights;
  };
}
