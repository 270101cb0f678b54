import { describe, expect, test } from 'vitest';
import { searchText } from './search-text.ts';

describe('what is searched for', () => {
  test.each([
    ['words', ['annual', 'plan'], 'annual plan'],
    // baton search "annual plan" in any shell; baton search '"annual plan"' in Windows PowerShell
    ['a phrase whose quotes the shell took off', ['annual plan'], '"annual plan"'],
    // baton search '"annual plan"' in sh
    ['a phrase in quotes of its own', ['"annual plan"'], '"annual plan"'],
    // baton search '"annual plan"' and 'annual plan' in cmd
    ['a phrase in apostrophes', ["'annual plan'"], '"annual plan"'],
    ['curly quotes', ['“annual plan” fee'], '“annual plan” fee'],
    ['words and a phrase', ['price', 'annual plan'], 'price "annual plan"'],
    ['words with an exclusion', ['annual plan -monthly'], 'annual plan -monthly'],
    ['a dash inside of words', ['one-off annual fee'], '"one-off annual fee"'],
    ['a word that only has spaces around it', [' plan '], ' plan '],
    ['an apostrophe in a word', ["don't", "it's fine"], 'don\'t "it\'s fine"'],
  ])('is %s', (_name, words, text) => {
    expect(searchText(words)).toBe(text);
  });

  test('is every --phrase beside the words', () => {
    expect(searchText(['price'], ['annual plan', '"per seat"'])).toBe('price "annual plan" "per seat"');
    expect(searchText([], ['plan'])).toBe('"plan"');
  });
});
