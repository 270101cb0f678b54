import { withStraightApostrophes } from './apostrophes.ts';
import { UNSPACED } from './unspaced.ts';

/** A text without case and diacritics, and where each of its units stood in the original, in UTF-16 units. */
export type FoldedText = { text: string; starts: number[]; ends: number[] };

const ASCII = Array.from({ length: 0x80 }, (_, code) =>
  withStraightApostrophes(String.fromCharCode(code)).toLowerCase(),
);

/** Most of a text's other characters are few; the map is emptied before it holds all of Unicode. */
const folded = new Map<string, string>();
const CACHED_CHARACTERS = 10_000;

/** Folds the case of one character as Unicode's simple case folding does: σ and ς are one. */
export function foldCase(character: string): string {
  // Neither has a simple folding: the two letters i of Turkish are told apart.
  if (character === 'İ' || character === 'ı') return character;
  const upper = character.toUpperCase();
  const lower = (upper.length === character.length ? upper : character).toLowerCase();
  return lower.length === character.length ? lower : character;
}

export function stripDiacritics(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{Diacritic}/gu, '');
}

/** One character without case and diacritics; nothing, or several, for some. */
export function foldCharacter(character: string): string {
  const cached = folded.get(character);
  if (cached !== undefined) return cached;
  const plain = stripDiacritics(foldCase(withStraightApostrophes(character)));
  if (folded.size >= CACHED_CHARACTERS) folded.clear();
  folded.set(character, plain);
  return plain;
}

/**
 * A letter of a script without spaces with what belongs to it: marks of kana, letters of a Korean syllable, selectors
 * of its variant. Its marks tell it from others (カ, ガ), so they stay; its forms of half and full width are one.
 */
const UNSPACED_LETTER = new RegExp(
  `[${UNSPACED}][\\u3099\\u309A\\uFF9E\\uFF9F\\u1160-\\u11FF\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]*`,
  'uy',
);
const VARIANT = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

/** Whether a letter is a frequent one of these scripts that stays as it is: kana, Chinese, a syllable of Korean. */
const isCommonUnspaced = (unit: number) =>
  (unit >= 0x4e00 && unit <= 0x9fff) ||
  (unit >= 0x3041 && unit <= 0x3096) ||
  (unit >= 0x30a1 && unit <= 0x30fa) ||
  (unit >= 0xac00 && unit <= 0xd7a3);

/** Whether a unit may belong to the letter of such a script before it. */
const mayBelongToLetter = (unit: number) =>
  unit === 0x3099 ||
  unit === 0x309a ||
  unit === 0xff9e ||
  unit === 0xff9f ||
  (unit >= 0x1160 && unit <= 0x11ff) ||
  (unit >= 0xfe00 && unit <= 0xfe0f) ||
  // The first half of U+E0100 to U+E01EF.
  unit === 0xdb40;

/** Folds case, diacritics and kinds of apostrophes, and keeps where everything stood. */
export function foldText(text: string): FoldedText {
  const pieces: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const add = (plain: string, start: number, end: number) => {
    pieces.push(plain);
    for (let unit = 0; unit < plain.length; unit += 1) {
      starts.push(start);
      ends.push(end);
    }
  };
  for (let start = 0, end = 0; start < text.length; start = end) {
    const unit = text.charCodeAt(start);
    const plain = ASCII[unit];
    UNSPACED_LETTER.lastIndex = start;
    if (plain !== undefined) {
      end = start + 1;
      add(plain, start, end);
    } else if (isCommonUnspaced(unit) && !mayBelongToLetter(text.charCodeAt(start + 1))) {
      end = start + 1;
      add(text.charAt(start), start, end);
    } else if (UNSPACED_LETTER.test(text)) {
      end = UNSPACED_LETTER.lastIndex;
      add(text.slice(start, end).replaceAll(VARIANT, '').normalize('NFKC'), start, end);
    } else {
      const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
      end = start + character.length;
      add(foldCharacter(character), start, end);
    }
  }
  return { text: pieces.join(''), starts, ends };
}
