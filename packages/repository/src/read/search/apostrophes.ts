/** What people and their keyboards write for an apostrophe: ' ’ ‘ ‛ ʼ ʻ ＇ ` ´ ′. */
export const APOSTROPHES = "'’‘‛ʼʻ＇`´′";

const ANY_APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, 'gu');
const AT_EITHER_END = /^'+|'+$/g;

/** Shorter parts of a word say nothing by themselves: the l of l'offre, the re of you're. */
const SHORTEST_PART = 3;

/** A text with straight apostrophes, as long as before. */
export function withStraightApostrophes(text: string): string {
  return text.replaceAll(ANY_APOSTROPHE, "'");
}

/** The parts of a word between its apostrophes that can be looked for, and where each begins in it. */
export function partsOf(word: string): { text: string; start: number }[] {
  if (!word.includes("'")) return [];
  let start = 0;
  return word.split("'").flatMap((text) => {
    const part = { text, start };
    start += text.length + 1;
    return text.length < SHORTEST_PART ? [] : [part];
  });
}

/**
 * The words under which MongoDB may have indexed one with apostrophes inside. It splits a word at some of them (’ ‘ ′),
 * leaves out others (ʼ ´) and keeps the straight one: O’Brien, O´Brien, O'Brien.
 */
export function spellingsOf(word: string): string[] {
  const bare = word.replaceAll(AT_EITHER_END, '');
  if (!bare.includes("'")) return [bare];
  return [bare, ...partsOf(bare).map(({ text }) => text), bare.replaceAll("'", '')];
}

/** What French, Italian and Catalan put before a vowel with an apostrophe. */
const BEFORE_A_VOWEL =
  'l d j m t s n c qu jusqu lorsqu puisqu quoiqu un dell all dall nell sull quell quest gl o'.split(' ');
/** Names: O'Neil, D'Souza. */
const BEFORE_A_CONSONANT = ['o', 'd'];
const BEGINS_WITH_VOWEL = /^h?[aeiouyœæ]/;
const LATIN_WORD = /^\p{Script=Latin}{3,}$/u;

/** A word with what languages put before it: for offre, l'offre, d'offre and so on. */
export function elisionsOf(word: string): string[] {
  const lower = word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  if (!LATIN_WORD.test(lower)) return [];
  const before = BEGINS_WITH_VOWEL.test(lower) ? BEFORE_A_VOWEL : BEFORE_A_CONSONANT;
  return before.map((prefix) => `${prefix}'${word}`);
}
