import { describe, expect, it } from 'vitest';
import { boundedHighlighterOf, highlighterOf, MARKED_IN_AN_ANSWER, MOST_HIGHLIGHTS } from './highlight.ts';
import { parseTextQuery } from './text-query.ts';

/** The words that a query lights up in a text. */
function lit(query: string, text: string): string[] {
  return highlighterOf(parseTextQuery(query))(text).map(({ start, end }) => text.slice(start, end));
}

describe('Highlights', () => {
  it('are the words with the same stem, whatever their form and case', () => {
    expect(lit('automation', 'We AUTOMATE: automated, an automaton.')).toEqual(['AUTOMATE', 'automated']);
  });

  it('say where the words stand in UTF-16 units', () => {
    expect(highlighterOf(parseTextQuery('price'))('😀 the price')).toEqual([{ start: 7, end: 12 }]);
  });

  it('see through diacritics on either side', () => {
    expect(lit('cafe Köln', 'Our CAFÉ in Koln, and a café')).toEqual(['CAFÉ', 'Koln', 'café']);
  });

  it('see through diacritics that stand as characters of their own', () => {
    expect(lit('café', 'a cafe\u0301 here')).toEqual(['cafe\u0301']);
  });

  it('leave out stop words, in the query and in the text', () => {
    expect(lit('the price of being', 'The price of being the owner')).toEqual(['price']);
  });

  it('leave out what the query excludes', () => {
    expect(lit('price -cheap', 'cheap at that price')).toEqual(['price']);
  });

  it('of a phrase are its words, only where they stand together', () => {
    const text = 'The high price is high; the HIGH PRICE stays';
    expect(highlighterOf(parseTextQuery('"high price"'))(text)).toEqual([
      { start: 4, end: 8 },
      { start: 9, end: 14 },
      { start: 28, end: 32 },
      { start: 33, end: 38 },
    ]);
  });

  it('of a phrase show its stop words too: they had to be there', () => {
    expect(lit('"price of the plan"', 'What is the price of the plan?')).toEqual([
      'price',
      'of',
      'the',
      'plan',
    ]);
  });

  it('of a phrase that ends inside a word show the part that matched', () => {
    expect(lit('"high pri"', 'A high price')).toEqual(['high', 'pri']);
  });

  it('of a phrase find it without its diacritics and case', () => {
    expect(lit('"CAFE creme"', 'un café crème')).toEqual(['café', 'crème']);
  });

  it('of words and phrases together stand in the order of the text, once each', () => {
    expect(lit('price "high price" plan', 'plan: high price, price')).toEqual([
      'plan',
      'high',
      'price',
      'price',
    ]);
  });

  it('leave apostrophes around a word out, and keep those inside', () => {
    expect(lit('quote customer', "'quoted' customer's")).toEqual(['quoted', "customer's"]);
  });

  it('are none where nothing is asked for or nothing is said', () => {
    expect(lit('-price', 'price')).toEqual([]);
    expect(lit('the', 'the')).toEqual([]);
    expect(lit('""', "'' price")).toEqual([]);
    expect(lit('price', '')).toEqual([]);
  });
});

describe('Of very many highlights', () => {
  it.each(['ab', '"ab ab"', 'ab "ab ab" "b a"'])('the first of a message are shown for %s', (query) => {
    const text = 'ab '.repeat(MOST_HIGHLIGHTS * 2);
    const highlights = highlighterOf(parseTextQuery(query))(text);
    expect(highlights).toHaveLength(MOST_HIGHLIGHTS);
    expect(highlights.at(-1)).toEqual({ start: (MOST_HIGHLIGHTS - 1) * 3, end: MOST_HIGHLIGHTS * 3 - 1 });
  });

  it('those of so much text are in one answer', () => {
    const highlight = boundedHighlighterOf(parseTextQuery('price'));
    const long = `price ${'x'.repeat(MARKED_IN_AN_ANSWER / 2 - 6)}`;
    expect([long, 'a', long, 'the price'].map((text) => highlight(text).length)).toEqual([1, 0, 1, 0]);
  });
});
