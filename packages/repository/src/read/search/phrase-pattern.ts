import { APOSTROPHES } from './apostrophes.ts';
import { foldText } from './folded-text.ts';

/** How much of a phrase is compared on either side of an apostrophe. */
const AROUND_AN_APOSTROPHE = 6;

const VARIATION_SELECTOR = /^[\uFE00-\uFE0F]$/;

function characterPattern(character: string): string {
  if (character === "'") return `[${APOSTROPHES}]`;
  if (VARIATION_SELECTOR.test(character)) return `${character}?`;
  // A letter may carry diacritics: as marks of its own, or in one character with them.
  if (/[a-z]/.test(character)) return `(?:${character}|[^\\x00-\\x7F\\p{M}])\\p{M}*+`;
  return `\\x{${character.codePointAt(0)?.toString(16)}}\\p{M}*+`;
}

const patternOf = (characters: readonly string[]) => characters.map(characterPattern).join('');

/** A regular expression of mongod's for a phrase, with the option `i`. */
export function phrasePattern(phrase: string): string {
  return patternOf(Array.from(foldText(phrase).text));
}

/** The same for what stands around each apostrophe of a phrase, where mongod compares the rest by itself. */
export function apostrophePatterns(phrase: string): string[] {
  const characters = Array.from(foldText(phrase).text);
  return characters.flatMap((character, at) => {
    if (character !== "'") return [];
    return [
      patternOf(characters.slice(Math.max(0, at - AROUND_AN_APOSTROPHE), at + AROUND_AN_APOSTROPHE + 1)),
    ];
  });
}
