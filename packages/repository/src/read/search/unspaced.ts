/*
 * Scripts that put no spaces between words, or join endings to them as Korean does: MongoDB's text index takes a whole
 * sentence for one word.
 */

/** First and last code points of their letters and marks; the same in every version of Unicode, here and in mongod. */
const RANGES: readonly (readonly [first: number, last: number])[] = [
  // Thai, Lao, Tibetan, Burmese, Khmer, and other scripts of South East Asia.
  [0x0e01, 0x0e3a],
  [0x0e40, 0x0e4e],
  [0x0e81, 0x0ecd],
  [0x0edc, 0x0edf],
  [0x0f40, 0x0fbc],
  [0x1000, 0x103f],
  [0x1050, 0x108f],
  [0x1780, 0x17d3],
  [0x1950, 0x1974],
  [0x1980, 0x19c9],
  [0x1a20, 0x1a7c],
  [0x1b00, 0x1b4b],
  [0xa980, 0xa9c0],
  [0xa9e0, 0xa9ef],
  [0xaa00, 0xaa4d],
  [0xaa60, 0xaadd],
  // Hangul, by letters and by syllables.
  [0x1100, 0x11ff],
  [0x3131, 0x318e],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xd7b0, 0xd7fb],
  [0xffa1, 0xffdc],
  // Kana, Bopomofo, Yi.
  [0x3041, 0x3096],
  [0x3099, 0x309a],
  [0x309d, 0x309f],
  [0x30a1, 0x30fa],
  [0x30fc, 0x312f],
  [0x31a0, 0x31bf],
  [0x31f0, 0x31ff],
  [0xff66, 0xff9f],
  [0xa000, 0xa48c],
  [0x1b000, 0x1b16f],
  // Chinese characters.
  [0x2e80, 0x2fd5],
  [0x3005, 0x3007],
  [0x3021, 0x3029],
  [0x3038, 0x303b],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
];

const classOf = (escape: (hex: string) => string) =>
  RANGES.map(([first, last]) => `${escape(first.toString(16))}-${escape(last.toString(16))}`).join('');

/** Inside of a character class, in a regular expression with the flag u. */
export const UNSPACED = classOf((hex) => `\\u{${hex}}`);
/** A regular expression of mongod's for a text with such a letter. */
export const UNSPACED_PATTERN = `[${classOf((hex) => `\\x{${hex}}`)}]`;

const ONE_UNSPACED = new RegExp(`[${UNSPACED}]`, 'u');
const PIECES = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, 'gu');

/** Whether a text has a letter of such a script. */
export function isUnspaced(text: string): boolean {
  return ONE_UNSPACED.test(text);
}

/** A piece of a word that is of such scripts throughout, or of none. */
export type Piece = { text: string; start: number; isUnspaced: boolean };

/** A word where scripts meet in it: the Latin name and what follows it in Japanese. */
export function piecesOf(word: string): Piece[] {
  return Array.from(word.matchAll(PIECES), ({ 0: text, index }) => ({
    text,
    start: index,
    isUnspaced: isUnspaced(text),
  }));
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** The words that a dictionary finds in a run of such letters; one of a single letter may be anything. */
export function segmentsOf(run: string): string[] {
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}

/** Pairs of neighbouring letters, by which a run is found wherever it stands in another. */
export function pairsOf(run: string): string[] {
  const letters = Array.from(run);
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}
