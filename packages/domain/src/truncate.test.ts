import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncateText } from './truncate.ts';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const charactersOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);

describe('a text that is cut', () => {
  it.each([
    ['a flag', '🇩🇰'],
    ['a family', '👩‍👩‍👧‍👦'],
    ['a letter and its accent', 'o\u0308'],
    ['a syllable', '각'.normalize('NFD')],
    ['a skin tone', '👍🏽'],
    ['a keycap', '7\uFE0F\u20E3'],
    ['a line break', '\r\n'],
    ['a pair of surrogates', '𝒳'],
  ])('ends before %s, not inside it', (_, character) => {
    for (let room = 1; room < character.length; room += 1) {
      const text = `${'n'.repeat(39)}${character}${'n'.repeat(200)}`;
      expect(truncateText(text, 39 + room)).toBe('n'.repeat(39));
    }
    expect(truncateText(`${'n'.repeat(39)}${character}more`, 39 + character.length)).toBe(
      `${'n'.repeat(39)}${character}`,
    );
  });

  it('keeps pairs of flags apart, however many stand in a row', () => {
    for (const count of [20, 200])
      expect(truncateText('🇩🇰'.repeat(count), 4 * count - 2)).toBe('🇩🇰'.repeat(count - 1));
  });

  it('stays whole where it is short enough', () => {
    expect(truncateText('e\u0301', 2)).toBe('e\u0301');
    expect(truncateText('', 0)).toBe('');
  });

  it('is cut through what is no character any more, but never through a pair of surrogates', () => {
    const endless = `a${'\u0301'.repeat(500)}`;
    expect(truncateText(endless, 140)).toBe(endless.slice(0, 140));
    const family = `👩${'\u200D👩'.repeat(300)}`;
    for (const length of [139, 140, 141]) {
      const cut = truncateText(family, length);
      expect(cut.length).toBeGreaterThan(length - 2);
      expect(cut.isWellFormed()).toBe(true);
    }
  });

  it('is the whole characters that fit, of any text', () => {
    const pieces = fc.constantFrom(
      '中',
      'か\u3099',
      'ж',
      'ж\u0483',
      'ש',
      'ع\u064B',
      '\u00AD',
      '\n',
      '\r',
      '©\u200D',
      'a',
      'é',
      ' ',
      '\r\n',
      'e\u0301',
      '🇩🇰',
      '👩‍👧',
      '👍🏽',
      '𝒳',
      'क्ष',
      'שׁ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.nat(80), (parts, length) => {
        const text = parts.join('');
        let fits = '';
        for (const character of charactersOf(text)) {
          if (fits.length + character.length > length) break;
          fits += character;
        }
        expect(truncateText(text, length)).toBe(fits);
      }),
      { numRuns: 2_000 },
    );
  });
});
