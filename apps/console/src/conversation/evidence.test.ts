// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { splitAtProofs, type Proof } from './evidence.ts';

const TEXT = 'We can do 200 a month';
const budget: Proof = { field: 'budget', certainty: 'fact', start: 10, end: 21 };

describe('a text with words that prove something', () => {
  test('is cut where they begin and end', () => {
    expect(splitAtProofs(TEXT, [budget]).map(({ text, proofs }) => [text, proofs.length])).toEqual([
      ['We can do ', 0],
      ['200 a month', 1],
    ]);
  });

  test('a proof without a place is the whole text', () => {
    expect(splitAtProofs(TEXT, [{ ...budget, start: 0, end: Infinity }])).toMatchObject([
      { text: TEXT, proofs: [{ field: 'budget' }] },
    ]);
  });

  test('the words that somebody asked to see are lit, across proofs too', () => {
    const pieces = splitAtProofs(TEXT, [budget], { start: 7, end: 13 });
    expect(pieces.filter(({ isHighlighted }) => isHighlighted).map(({ text }) => text)).toEqual([
      'do ',
      '200',
    ]);
    expect(pieces.map(({ text }) => text).join('')).toBe(TEXT);
  });

  test('nothing is lit where nobody asked', () => {
    expect(splitAtProofs(TEXT, [budget]).some(({ isHighlighted }) => isHighlighted)).toBe(false);
  });
});
