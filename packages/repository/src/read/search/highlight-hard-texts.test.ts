import { describe, expect, it } from 'vitest';
import { highlighterOf } from './highlight.ts';
import { searchTermsOf } from './search-terms.ts';
import { parseTextQuery } from './text-query.ts';

const LENGTH = 32_000;
/** Several times what it takes alone on a quiet machine; what is not linear takes minutes. */
const CPU_LIMIT_MS = 250;

const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
const oneLetterWords = letters.join(' ');
const syllables = Array.from({ length: 676 }, (_, index) =>
  [index % 26, Math.floor(index / 26)].map((letter) => letters[letter]).join('x'),
);

const HARD: [name: string, text: string, query: string][] = [
  ['one long word, asked for in part', fill('a'), 'a'.repeat(500)],
  ['one long word and a phrase of it', fill('a'), `"${'a'.repeat(498)}"`],
  [
    'many phrases of one letter more each',
    fill('a'),
    Array.from({ length: 28 }, (_, n) => `"${'a'.repeat(n + 1)}"`).join(''),
  ],
  ['hundreds of words that all match', fill(syllables.join(' ')), syllables.slice(0, 125).join(' ')],
  [
    'words that are all different',
    fill(syllables.flatMap((one) => syllables.slice(0, 9).map((two) => one + two)).join(' ')),
    oneLetterWords,
  ],
  ['a phrase that nearly matches everywhere', fill('ab '), `"${'ab '.repeat(165)}x"`],
  ['words of one letter', fill('x '), 'x'],
  ['words of one letter in phrases', fill('x y '), '"x" "y x" "x y x" "y"'],
  ['combining marks', fill('e\u0301'), 'e\u0301'.repeat(250)],
  ['nothing but combining marks', fill('\u0301'), `"${'\u0301'.repeat(498)}"`],
  ['emoji', fill('😀👍🏽 '), '😀👍🏽 "😀👍🏽 😀👍🏽"'],
  ['apostrophes', fill("'"), `"${"'".repeat(498)}"`],
  ['apostrophes between letters', fill("a'"), "a'".repeat(250)],
  ['y, of which the stemmer thinks twice', fill('y'), 'y'.repeat(500)],
  ['a sentence without spaces', fill('我想购买这辆汽车'), '购买汽车我想这辆'.repeat(62)],
  ['one letter of a script without spaces', fill('あ'), `"${'あ'.repeat(249)}" ${'あ'.repeat(248)}`],
  ['syllables of Korean, by letters', fill('가격이'.normalize('NFD')), '가격'.normalize('NFD').repeat(90)],
  ['a Latin letter between Chinese ones', fill('a我'), 'a我'.repeat(250)],
  ['letters that are longer in lower case', fill('İ'), 'İ'.repeat(500)],
];

/** The process's own time for one run: the median of three, so that a pause of the machine does not count. */
function cpuMs(run: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return times.toSorted((a, b) => a - b)[1] ?? Infinity;
}

describe('The terms of a message of the greatest length', () => {
  it.each(HARD)('take no longer for %s', (_, text) => {
    expect(cpuMs(() => searchTermsOf(text))).toBeLessThan(CPU_LIMIT_MS);
  });
});

describe('Highlighting a message of the greatest length', () => {
  it.each(HARD)(
    'takes no longer for %s',
    (_, text, query) => {
      expect(query.length).toBeLessThanOrEqual(500);
      expect(cpuMs(() => highlighterOf(parseTextQuery(query))(text))).toBeLessThan(CPU_LIMIT_MS);
    },
    60_000,
  );
});
