const WORDS =
  `thanks could you tell me more about the monthly price and whether it includes automation for our
instagram messages because my partner wants to compare it with what we use today before we decide`.split(
    /\s+/,
  );

const WORD_COUNT = 20;

/** The same words in another order for each number, so that the text index has to store all of them. */
export function messageText(number: number): string {
  const words = Array.from(
    { length: WORD_COUNT },
    (_, index) => WORDS[(number * 7 + index * 11) % WORDS.length],
  );
  return words.join(' ');
}
