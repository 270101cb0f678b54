import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { highlightedExcerpt, searchNotes } from './search-hits.ts';

const colors = createColors(true);
const mark = (text: string) => colors.bold(colors.yellow(text));

test('every match is coloured where it stands', () => {
  const highlights = [
    { start: 10, end: 15 },
    { start: 0, end: 3 },
  ];
  expect(highlightedExcerpt('The quick brown fox', highlights, colors)).toBe(
    `${mark('The')} quick ${mark('brown')} fox`,
  );
});

test('a long text is cut to what stands around its first match', () => {
  const text = `${'a '.repeat(300)}needle${' b'.repeat(300)}`;
  const line = highlightedExcerpt(text, [{ start: 600, end: 606 }], colors);
  expect(line).toContain(mark('needle'));
  expect(line.startsWith('…')).toBe(true);
  expect(line.endsWith('…')).toBe(true);
  expect(line.length).toBeLessThan(300);
});

test('a match beyond the cut is left out, one across it is shown in part', () => {
  const text = 'x'.repeat(235) + 'needle' + 'y'.repeat(400);
  const line = highlightedExcerpt(
    text,
    [
      { start: 0, end: 1 },
      { start: 235, end: 241 },
      { start: 500, end: 505 },
    ],
    colors,
  );
  expect(line).toContain(mark('needl'));
  expect(line).not.toContain(mark('yyyyy'));
});

test('a text without a match is shown from its beginning, on one line', () => {
  expect(highlightedExcerpt('one\ntwo', [], colors)).toBe('one two');
});

test('overlapping matches are coloured once', () => {
  expect(
    highlightedExcerpt(
      'abcdef',
      [
        { start: 0, end: 4 },
        { start: 2, end: 5 },
      ],
      colors,
    ),
  ).toBe(`${mark('abcd')}ef`);
});

test('a search says which words it did not look for, and that only some messages were ranked', () => {
  expect(searchNotes({ ignored: [], more: false })).toEqual([]);
  expect(searchNotes({})).toEqual([]);
  expect(searchNotes({ ignored: ['the', 'n\u001Bo'], more: true })).toEqual([
    expect.stringMatching(/^Not looked for: the, n\\u001bo\./),
    'More messages match than could be ranked; another word narrows the search.',
  ]);
});
