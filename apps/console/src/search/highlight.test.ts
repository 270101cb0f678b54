// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { excerpt, splitAtHighlights } from './highlight.ts';

const marked = (segments: { text: string; isMatch: boolean }[]) =>
  segments.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');

describe('highlights', () => {
  it('mark the very words that matched', () => {
    expect(marked(splitAtHighlights('We automate sales', [{ start: 3, end: 11 }]))).toBe(
      'We [automate] sales',
    );
    expect(marked(splitAtHighlights('pricing', [{ start: 0, end: 7 }]))).toBe('[pricing]');
    expect(marked(splitAtHighlights('nothing', []))).toBe('nothing');
    expect(splitAtHighlights('', [])).toEqual([]);
  });

  it('come out in order, joined where they overlap, and never beyond the text', () => {
    const highlights = [
      { start: 8, end: 99 },
      { start: 2, end: 5 },
      { start: 0, end: 3 },
      { start: 6, end: 6 },
    ];
    expect(marked(splitAtHighlights('0123456789', highlights))).toBe('[01234]567[89]');
  });

  it('are counted in UTF-16, as the API counts them', () => {
    expect(marked(splitAtHighlights('👋 hello', [{ start: 3, end: 8 }]))).toBe('👋 [hello]');
  });
});

describe('an excerpt', () => {
  const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

  it('leaves a short message whole', () => {
    expect(marked(excerpt('What does it cost?', [{ start: 13, end: 17 }]))).toBe('What does it [cost]?');
  });

  it('shows the first match in a long one, cut at words', () => {
    const text = `${words(200)} price ${words(200)}`;
    const start = text.indexOf('price');
    const shown = marked(excerpt(text, [{ start, end: start + 5 }]));
    expect(shown).toMatch(/^…word\d+ .*\[price\].* word\d+…$/);
    expect(shown.length).toBeLessThan(340);
  });

  it('goes to the end where the match is near it', () => {
    const text = `${words(200)} price`;
    const shown = marked(excerpt(text, [{ start: text.length - 5, end: text.length }]));
    expect(shown).toMatch(/^….*\[price\]$/);
    expect(shown.length).toBeGreaterThan(270);
  });

  it('shows the beginning where nothing is marked', () => {
    expect(marked(excerpt(words(200), []))).toMatch(/^word0 .*…$/);
  });

  it('never cuts a character in two', () => {
    const text = '👋'.repeat(400);
    for (const length of [280, 281]) {
      for (const start of [0, 400]) {
        const segments = excerpt(text, [{ start, end: start + 2 }], length);
        expect(segments.every((segment) => segment.text.isWellFormed())).toBe(true);
        expect(segments.some((segment) => segment.isMatch)).toBe(true);
      }
    }
  });
});
