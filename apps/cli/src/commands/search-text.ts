/** An argument that says by itself how it is to be read: with "phrases", or with a -word to leave out. */
const HAS_OPERATORS = /["“”„]|(?:^|\s)-\S/u;
const HAS_SEVERAL_WORDS = /\S\s+\S/u;
/** cmd does not take the apostrophes off `'annual plan'`. */
const IN_APOSTROPHES = /^'(?<inner>.*)'$/su;

function quoted(phrase: string): string {
  return `"${phrase.replaceAll('"', ' ').trim()}"`;
}

function termOf(argument: string): string {
  const text = IN_APOSTROPHES.exec(argument)?.groups?.['inner'] ?? argument;
  return HAS_SEVERAL_WORDS.test(text) && !HAS_OPERATORS.test(text) ? quoted(text) : text;
}

/**
 * What to search for. A shell takes the quotes off, and some take off a second pair too: so an argument of several
 * words is a phrase, in whatever shell it was written, unless it has quotes or exclusions of its own.
 */
export function searchText(words: readonly string[], phrases: readonly string[] = []): string {
  return [...words.map(termOf), ...phrases.map(quoted)].join(' ');
}
