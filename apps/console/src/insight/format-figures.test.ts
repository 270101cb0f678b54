// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { formatOrDash, formatPercent, formatStay } from './format-figures.ts';

/** Figures hold their unit by a space that does not break. */
const plain = (text: string) => text.replaceAll('\u00A0', ' ');

describe('figures', () => {
  it.each([
    [0, '0 %'],
    [0.0004, '0.1 %'],
    [0.004, '0.4 %'],
    [0.614, '61 %'],
    [0.9951, '99.5 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
    [null, '–'],
  ])('show the share %s as %s', (share, shown) => {
    expect(plain(formatPercent(share))).toBe(shown);
  });

  it('show a dash where nothing was measured, not a zero', () => {
    expect(formatOrDash(null, String)).toBe('–');
    expect(formatOrDash(0, String)).toBe('0');
  });
});

it('counts a stay by its length, not below a second', () => {
  expect([0, 999, 1_000, 7_200_000].map(formatStay)).toEqual(['under 1 s', 'under 1 s', '1 s', '2 h']);
});
