import { spellingsOf, withStraightApostrophes } from './apostrophes.ts';
import type { TextQuery } from './text-query.ts';
import { termOf, wordsOf } from './text-terms.ts';

/**
 * Scores texts about as MongoDB's `$text` does: a term counts 1 the first time, half as much each time after, the
 * more the larger its share of the text's words.
 */
export function messageScorer({ words, phrases }: TextQuery): (text: string) => number {
  const asked = [...words, ...phrases.flatMap((phrase) => wordsOf(phrase).map(({ text }) => text))];
  const terms = new Set(asked.flatMap(spellingsOf).flatMap((word) => termOf(word) ?? []));
  return (text) => {
    const counts = new Map<string, number>();
    let all = 0;
    for (const word of wordsOf(text)) {
      for (const spelling of spellingsOf(withStraightApostrophes(word.text))) {
        const term = termOf(spelling);
        if (term === null) continue;
        all += 1;
        if (terms.has(term)) counts.set(term, (counts.get(term) ?? 0) + 1);
      }
    }
    let score = 0;
    for (const count of counts.values()) score += (2 - 0.5 ** (count - 1)) * (0.5 + (0.5 * count) / all);
    return score;
  };
}
